# Perl: interpreter threads with shared data, a queue, a condition, and a fork beside them.
use strict;
use warnings;
use POSIX ();
use threads;
use threads::shared;
use Thread::Queue;

my $total :shared = 0;
my $arrived :shared = 0;
my $queue = Thread::Queue->new;

sub work {
    my ($number) = @_;
    { lock($arrived); $arrived++; cond_broadcast($arrived); }
    { lock($arrived); cond_wait($arrived) while $arrived < 4; }
    my $own = 0;
    while (defined(my $item = $queue->dequeue)) {
        $own += $item;
        lock($total);
        $total += $item;
    }
    return "thread $number ended";
}

my @threads = map { threads->create(\&work, $_) } 1 .. 4;
$queue->enqueue(1 .. 500);
my $pid = fork;
POSIX::_exit(7) if defined $pid && $pid == 0;
waitpid $pid, 0;
printf "child: %d\n", $? >> 8;
$queue->end;
print $_->join, "\n" for @threads;
print "$total\n";
my $failing = threads->create(sub { die "on purpose\n" });
$failing->join;
print "error: ", $failing->error;
exit 3;
