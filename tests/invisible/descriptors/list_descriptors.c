/* Lists the descriptors it was started with: all of them, since exec left only inherited ones. */
#include "tests/invisible/fact.h"

#include <fcntl.h>
#include <unistd.h>

int main(void)
{
    for (int number = 0; number < 1024; number++)
        if (fcntl(number, F_GETFD) != -1)
            fact_say("inherited: %d", number);
    return 0;
}
