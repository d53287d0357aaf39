// Java: monitors, locks, conditions, a pool, a parallel stream, an uncaught exception, exit hooks.
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.*;
import java.util.stream.LongStream;

public class Threads {
    private static long total;
    private static final Object monitor = new Object();
    private static final Lock lock = new ReentrantLock();
    private static final Condition changed = lock.newCondition();
    private static int arrived;

    private static long work(int number) throws InterruptedException {
        lock.lock();
        try {
            arrived++;
            changed.signalAll();
            while (arrived < 4)
                changed.await();
        } finally {
            lock.unlock();
        }
        for (int i = 0; i < 1000; i++)
            synchronized (monitor) {
                total += i;
            }
        return number;
    }

    public static void main(String[] arguments) throws Exception {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("hook")));
        ExecutorService pool = Executors.newFixedThreadPool(4);
        List<Callable<Long>> jobs = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int number = i;
            jobs.add(() -> work(number));
        }
        for (Future<Long> done : pool.invokeAll(jobs))
            System.out.println(done.get());
        pool.shutdown();
        System.out.println(pool.awaitTermination(60, TimeUnit.SECONDS) + " " + total);
        System.out.println(LongStream.range(0, 100000).parallel().map(x -> x * x).sum());

        BlockingQueue<Integer> queue = new ArrayBlockingQueue<>(3);
        AtomicLong sum = new AtomicLong();
        Thread consumer = new Thread(() -> {
            try {
                for (int item = queue.take(); item >= 0; item = queue.take())
                    sum.addAndGet(item);
            } catch (InterruptedException interrupted) {
                sum.set(-1);
            }
        });
        consumer.start();
        for (int i = 0; i < 500; i++)
            queue.put(i);
        queue.put(-1);
        consumer.join();
        System.out.println(sum);

        Thread failing = new Thread(() -> { throw new IllegalStateException("on purpose"); }, "bad");
        failing.start();
        failing.join();
        System.gc();
        System.exit(3);
    }
}
