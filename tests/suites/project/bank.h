/* A bank whose two operations disagree about the order of its locks. */
#ifndef BANK_H
#define BANK_H

void bank_deposit(int amount);
void bank_transfer(int amount); /* accounts, then audit */
int bank_report(void);          /* audit, then accounts */

#endif
