package dbpool.events;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.metrics.IMetricsTracker;
import com.zaxxer.hikari.metrics.MetricsTrackerFactory;
import com.zaxxer.hikari.metrics.PoolStats;
import java.util.Map;
import javax.sql.DataSource;

/**
 * Reports a HikariCP pool: as the factory of its metrics tracker, or better with leases by {@link #report}. HikariCP
 * calls a tracker without the connection that it is about, so the tracker alone knows no leases. It reports an attempt
 * to connect in the same way whether it succeeded or not, so neither form reports those.
 */
public final class HikariEvents implements MetricsTrackerFactory {
  private static final StackWalker STACK = StackWalker.getInstance();
  private static final long SHORTEST_TIMEOUT_NANOS = 1_000_000; // HikariCP allows 250 ms

  private final EventSender sender;

  public HikariEvents(EventSender sender) {
    this.sender = sender;
  }

  /**
   * Returns what the application is to use in place of `hikari`, which must not have lent a connection yet. Takes the
   * place of its metrics tracker.
   */
  public static DataSource report(HikariDataSource hikari, EventSender sender) {
    return report(hikari, sender, EventDataSource.Sites.ON);
  }

  public static DataSource report(HikariDataSource hikari, EventSender sender, EventDataSource.Sites sites) {
    if (!sender.isOn()) return hikari;
    hikari.setMetricsTrackerFactory((pool, stats) -> new Gauges(pool, stats, sender));
    return new EventDataSource(hikari, hikari::getPoolName, sender, sites);
  }

  @Override
  public IMetricsTracker create(String pool, PoolStats stats) {
    return new Tracker(pool, stats, sender);
  }

  private static class Gauges implements IMetricsTracker {
    final String pool;
    final EventSender sender;

    Gauges(String pool, PoolStats stats, EventSender sender) {
      this.pool = pool;
      this.sender = sender;
      sender.watch(
          pool,
          () ->
              Map.of(
                  "active", (long) stats.getActiveConnections(),
                  "idle", (long) stats.getIdleConnections(),
                  "waiting", (long) stats.getPendingThreads(),
                  "max", (long) stats.getMaxConnections(),
                  "min", (long) stats.getMinConnections()));
    }

    @Override
    public void close() {
      sender.unwatch(pool);
    }
  }

  private static final class Tracker extends Gauges {
    Tracker(String pool, PoolStats stats, EventSender sender) {
      super(pool, stats, sender);
    }

    /** HikariCP calls this for a timeout, too; only the caller's name tells them apart. */
    @Override
    public void recordConnectionAcquiredNanos(long nanos) {
      if (nanos >= SHORTEST_TIMEOUT_NANOS && isTimeout()) sender.acquireTimeout(pool, nanos);
      else sender.acquired(pool, nanos, 0, null);
    }

    @Override
    public void recordConnectionUsageMillis(long millis) {
      sender.released(pool, millis * 1_000_000, 0);
    }

    private static boolean isTimeout() {
      return STACK.walk(
          frames -> frames.limit(4).anyMatch(frame -> frame.getMethodName().equals("recordBorrowTimeoutStats")));
    }
  }
}
