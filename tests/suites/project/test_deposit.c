#include "bank.h"

int main(void)
{
    bank_deposit(5);
    return 0;
}
