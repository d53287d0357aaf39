/* Qt 6's locks in both orders. Its QMutex is taken inline, where it cannot be seen.
 * packages: Qt6Core -fPIC -DQT_NO_KEYWORDS
 * verdict: finding locks=again_a,again_b
 * verdict: finding locks=table_a,table_b
 * step: holds=again_a requests=again_b in=a_then_b
 * step: holds=table_b requests=table_a in=b_then_a */
#include "tests/programs/qt_locks.h"

int main()
{
    RUN_IN_TURN(a_then_b, b_then_a);
    puts("done");
    return 0;
}
