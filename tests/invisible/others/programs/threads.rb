# Ruby: threads with a mutex, condition variables, queues, a timeout, children, a fork.
require 'monitor'
require 'open3'
require 'timeout'

total = 0
mutex = Mutex.new
queue = SizedQueue.new(5)
monitor = Monitor.new
arrived = monitor.new_cond
count = 0

threads = Array.new(6) do |number|
  Thread.new do
    monitor.synchronize do
      count += 1
      arrived.broadcast
      arrived.wait_while { count < 6 }
    end
    while (item = queue.pop) != :end
      mutex.synchronize { total += item }
    end
    number
  end
end
500.times { |item| queue << item }
6.times { queue << :end }
puts threads.map(&:value).join(' '), total

puts Array.new(8) { |i| Thread.new { Open3.capture2('echo', i.to_s).first.to_i } }.map(&:value).sum
begin
  Timeout.timeout(0.05) { Queue.new.pop }
rescue Timeout::Error
  puts 'timed out'
end
begin
  Thread.new { Thread.current.report_on_exception = false; mutex.synchronize { mutex.lock } }.join
rescue ThreadError => error
  puts error.message
end
Process.wait(fork { mutex.synchronize { exit!(7) } })
puts $?.exitstatus
exit 3
