package dbpool.events;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Sends the events of an application's connection pools to dbpool_exporter, as UDP datagrams, because Java has no Unix
 * datagram sockets. A call puts an event into a bounded queue and returns; one daemon thread writes. Safe for
 * concurrent use.
 */
public final class EventSender implements AutoCloseable {
  private static final int CAPACITY = 8192; // events that wait for the thread; further ones are dropped
  private static final long INTERVAL = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long SAMPLING = TimeUnit.SECONDS.toNanos(1);

  private final DatagramWriter writer; // null: off
  private final Thread thread;
  private final AtomicLong leases = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();
  private final Map<String, Supplier<Map<String, Long>>> pools = new ConcurrentHashMap<>();
  private final Object lock = new Object();
  private List<Event> queue = new ArrayList<>(CAPACITY);
  private List<Event> spare = new ArrayList<>(CAPACITY);
  private long unsent; // events that did not fit into the queue
  private volatile boolean closing;
  private long sampled = System.nanoTime();

  /** Opens the address in DBPOOL_EVENTS. Without it, or with one that cannot be used, the sender is off. */
  public static EventSender fromEnvironment() {
    String address = System.getenv("DBPOOL_EVENTS");
    if (address == null || address.isEmpty()) return new EventSender(null);
    try {
      return open(address);
    } catch (IllegalArgumentException wrong) {
      System.getLogger("dbpool.events").log(System.Logger.Level.WARNING, wrong.getMessage());
      return new EventSender(null);
    }
  }

  /** Sends to udp://host:port. The exporter need not run yet. throws IllegalArgumentException. */
  public static EventSender open(String address) {
    var parts = java.util.regex.Pattern.compile("udp://(.+):(\\d{1,5})").matcher(address);
    if (!parts.matches() || Integer.parseInt(parts.group(2)) > 65535) {
      throw new IllegalArgumentException(
          "cannot send events to " + address + ": allowed is udp://host:port, because Java has no Unix datagram sockets");
    }
    String host = parts.group(1).replaceAll("[\\[\\]]", "");
    return new EventSender(new DatagramWriter(new InetSocketAddress(host, Integer.parseInt(parts.group(2)))));
  }

  private EventSender(DatagramWriter writer) {
    this.writer = writer;
    thread = writer == null ? null : new Thread(this::run, "dbpool-events");
    if (thread == null) return;
    thread.setDaemon(true);
    thread.start();
  }

  public boolean isOn() {
    return writer != null;
  }

  /** Returns the number of events that were not sent. Each leaves one number out of seq. */
  public long dropped() {
    return dropped.get();
  }

  /** Returns a number that no other lease of this sender has. */
  public long newLease() {
    return leases.incrementAndGet();
  }

  /** A lease was given after `waited`. lease: 0 = not known; site: null = not known. */
  public void acquired(String pool, long waitedNanos, long lease, StackWalker.StackFrame site) {
    push(new Event("acquired", pool, waitedNanos, lease, site, null));
  }

  /** A lease came back after `held`. lease: 0 = not known. */
  public void released(String pool, long heldNanos, long lease) {
    push(new Event("released", pool, heldNanos, lease, null, null));
  }

  /** A caller gave up. */
  public void acquireTimeout(String pool, long waitedNanos) {
    push(new Event("acquire_timeout", pool, waitedNanos, 0, null, null));
  }

  /** A caller was refused at once. */
  public void acquireRejected(String pool) {
    push(new Event("acquire_rejected", pool, 1, 0, null, null));
  }

  public void connected(String pool, long tookNanos) {
    push(new Event("connected", pool, tookNanos, 0, null, null));
  }

  /** errorType: connect, authentication, timeout, network or other. */
  public void connectFailed(String pool, String errorType) {
    push(new Event("connect_failed", pool, 1, 0, null, errorType));
  }

  /** reason: max_lifetime, idle, validation, error, overflow, closed or shutdown. */
  public void closed(String pool, String reason) {
    push(new Event("closed", pool, 1, 0, null, reason));
  }

  /** errorType: connect, authentication, timeout, validation, query, network or other. */
  public void error(String pool, String errorType) {
    push(new Event("error", pool, 1, 0, null, errorType));
  }

  /** Sends the gauges idle, active, opening, waiting, min and max, as far as `read` has them, once a second. */
  public void watch(String pool, Supplier<Map<String, Long>> read) {
    pools.put(pool, read);
  }

  public void unwatch(String pool) {
    pools.remove(pool);
  }

  /** Sends what the queue holds, and ends the thread. */
  @Override
  public void close() {
    if (thread == null) return;
    closing = true;
    LockSupport.unpark(thread);
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void push(Event event) {
    if (writer == null) return;
    int waiting;
    synchronized (lock) {
      waiting = queue.size();
      if (waiting < CAPACITY) queue.add(event);
      else unsent++;
    }
    if (waiting == CAPACITY) dropped.incrementAndGet();
    if (waiting == CAPACITY / 2) LockSupport.unpark(thread);
  }

  private void run() {
    boolean last;
    do {
      LockSupport.parkNanos(INTERVAL);
      last = closing;
      sample();
      write();
    } while (!last);
    writer.close();
  }

  private void write() {
    List<Event> events;
    long left;
    synchronized (lock) {
      events = queue;
      queue = spare;
      left = unsent;
      unsent = 0;
    }
    long failed = writer.failed();
    for (Event event : events) writer.add(event);
    writer.flush();
    writer.skip(left);
    dropped.addAndGet(writer.failed() - failed);
    events.clear();
    spare = events;
  }

  private void sample() {
    if (System.nanoTime() - sampled < SAMPLING) return;
    sampled = System.nanoTime();
    pools.forEach((pool, read) -> {
      try {
        read.get().forEach((gauge, value) -> push(new Event(gauge, pool, value, 0, null, null)));
      } catch (RuntimeException unknown) {
        // A pool that cannot be read has no gauges.
      }
    });
  }
}
