/* Qt 5's locks in both orders.
 * packages: Qt5Core -fPIC -DQT_NO_KEYWORDS
 * verdict: finding locks=mutex_a,mutex_b
 * verdict: finding locks=again_a,again_b
 * verdict: finding locks=table_a,table_b
 * step: holds=mutex_a requests=mutex_b in=a_then_b
 * step: holds=table_b requests=table_a in=b_then_a */
#include "tests/programs/qt_locks.h"

int main()
{
    RUN_IN_TURN(a_then_b, b_then_a);
    puts("done");
    return 0;
}
