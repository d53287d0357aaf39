#include "bank.h"

int main(void)
{
    bank_transfer(5);
    return 0;
}
