import com.sun.net.httpserver.HttpServer;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.metrics.IMetricsTracker;
import com.zaxxer.hikari.metrics.PoolStats;
import com.zaxxer.hikari.pool.HikariPool;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Six callers of a HikariCP pool of three connections, whose figures it serves as Spring Boot does.
 *
 * <p>usage: java Pools.java URL
 */
public class Pools {
  static final int SIZE = 3;
  static final int CALLERS = 6;
  static final int USE_MS = 10;
  static final int SLOW_USE_MS = 2_000;
  static final int BRIEF_MS = 250;
  static final int LONG_MS = 600_000;

  /** Prints a timer as Micrometer does, with buckets if it was configured with `slo`. */
  static class Timer {
    final String name;
    final double[] bounds;
    final long[] within;
    long count;
    double sum;
    double max;

    Timer(String name, double... bounds) {
      this.name = name;
      this.bounds = bounds;
      within = new long[bounds.length];
    }

    synchronized void record(double seconds) {
      for (int i = 0; i < bounds.length; i++) {
        if (seconds <= bounds[i]) within[i]++;
      }
      count++;
      sum += seconds;
      max = Math.max(max, seconds);
    }

    synchronized double sum() {
      return sum;
    }

    synchronized long within(double bound) {
      return within[Arrays.binarySearch(bounds, bound)];
    }

    synchronized String text(String labels) {
      String type = bounds.length == 0 ? "summary" : "histogram";
      StringBuilder out = new StringBuilder("# HELP " + name + "  \n# TYPE " + name + " " + type + "\n");
      for (int i = 0; i < bounds.length; i++) {
        out.append("%s_bucket{%sle=\"%s\",} %s%n".formatted(name, labels, bounds[i], (double) within[i]));
      }
      if (bounds.length > 0) {
        out.append("%s_bucket{%sle=\"+Inf\",} %s%n".formatted(name, labels, (double) count));
      }
      out.append("%s_count{%s} %s%n".formatted(name, labels, (double) count));
      out.append("%s_sum{%s} %s%n".formatted(name, labels, sum));
      return out + Pools.text("gauge", name + "_max", labels, max);
    }
  }

  /** Has the names and the units of Micrometer's binder for HikariCP. */
  static class Tracker implements IMetricsTracker {
    final String labels;
    final PoolStats stats;
    final Timer acquire = new Timer("hikaricp_connections_acquire_seconds", 0.001, 0.01, 0.1, 1.0);
    final Timer usage = new Timer("hikaricp_connections_usage_seconds", 0.01, 0.1, 1.0);
    final Timer creation = new Timer("hikaricp_connections_creation_seconds");
    final AtomicLong timeouts = new AtomicLong();

    Tracker(String pool, PoolStats stats) {
      labels = "application=\"shop\",pool=\"" + pool + "\",";
      this.stats = stats;
    }

    @Override
    public void recordConnectionAcquiredNanos(long nanos) {
      acquire.record(nanos * 1e-9);
    }

    @Override
    public void recordConnectionUsageMillis(long millis) {
      usage.record(millis * 1e-3);
    }

    @Override
    public void recordConnectionCreatedMillis(long millis) {
      creation.record(millis * 1e-3);
    }

    @Override
    public void recordConnectionTimeout() {
      timeouts.incrementAndGet();
    }

    String text() {
      return Pools.text("gauge", "hikaricp_connections", labels, stats.getTotalConnections())
          + Pools.text("gauge", "hikaricp_connections_active", labels, stats.getActiveConnections())
          + Pools.text("gauge", "hikaricp_connections_idle", labels, stats.getIdleConnections())
          + Pools.text("gauge", "hikaricp_connections_max", labels, stats.getMaxConnections())
          + Pools.text("gauge", "hikaricp_connections_min", labels, stats.getMinConnections())
          + Pools.text("gauge", "hikaricp_connections_pending", labels, stats.getPendingThreads())
          + Pools.text("counter", "hikaricp_connections_timeout_total", labels, timeouts.get())
          + acquire.text(labels)
          + creation.text(labels)
          + usage.text(labels);
    }
  }

  static String text(String type, String name, String labels, double value) {
    return "# HELP %2$s  %n# TYPE %2$s %1$s%n%2$s{%3$s} %4$s%n".formatted(type, name, labels, value);
  }

  /** What the callers do: "run" and "slow" use connections, "hold" keeps them, "rest" wants none. */
  static class Stage {
    String now = "run";

    synchronized void set(String name) {
      now = name;
      notifyAll();
    }

    synchronized int useMs() {
      return now.equals("slow") ? SLOW_USE_MS : USE_MS;
    }

    synchronized void await(String... names) throws InterruptedException {
      while (!Set.of(names).contains(now)) wait();
    }
  }

  final HikariDataSource source = new HikariDataSource();
  final Stage stage = new Stage();
  final AtomicLong acquisitions = new AtomicLong();
  final AtomicLong releases = new AtomicLong();
  final AtomicLong timeouts = new AtomicLong();
  Tracker tracker;

  Pools(URI url) {
    source.setJdbcUrl("jdbc:postgresql://" + url.getAuthority().replaceFirst(".*@", "") + url.getPath());
    source.setUsername(url.getUserInfo());
    source.setMaximumPoolSize(SIZE);
    source.setConnectionTimeout(LONG_MS);
    source.setPoolName("HikariPool-1");
    source.setMetricsTrackerFactory((pool, stats) -> tracker = new Tracker(pool, stats));
  }

  void call() {
    try {
      while (true) {
        stage.await("run", "slow", "hold");
        Connection connection = source.getConnection();
        acquisitions.incrementAndGet();
        Thread.sleep(stage.useMs());
        stage.await("run", "slow", "rest");
        connection.close();
        releases.incrementAndGet();
      }
    } catch (SQLException | InterruptedException failure) {
      throw new IllegalStateException(failure);
    }
  }

  /** Waits briefly for a connection while the callers hold all. */
  String timeOut() {
    try {
      ((HikariPool) source.getHikariPoolMXBean()).getConnection(BRIEF_MS);
    } catch (SQLTransientConnectionException expected) {
      timeouts.incrementAndGet();
    } catch (SQLException failure) {
      throw new IllegalStateException(failure);
    }
    return "";
  }

  /** What Spring Boot adds for any DataSource: the same pool under another name. */
  String jdbcText() {
    var bean = source.getHikariPoolMXBean();
    String labels = "application=\"shop\",name=\"dataSource\",";
    return text("gauge", "jdbc_connections_active", labels, bean.getActiveConnections())
        + text("gauge", "jdbc_connections_idle", labels, bean.getIdleConnections())
        + text("gauge", "jdbc_connections_max", labels, source.getMaximumPoolSize())
        + text("gauge", "jdbc_connections_min", labels, source.getMinimumIdle());
  }

  String truth() {
    var bean = source.getHikariPoolMXBean();
    Map<String, Number> figures =
        Map.ofEntries(
            Map.entry("active", bean.getActiveConnections()),
            Map.entry("idle", bean.getIdleConnections()),
            Map.entry("waiting", bean.getThreadsAwaitingConnection()),
            Map.entry("max", source.getMaximumPoolSize()),
            Map.entry("min", source.getMinimumIdle()),
            Map.entry("acquisitions", acquisitions),
            Map.entry("acquisition_timeouts", timeouts),
            Map.entry("acquisition_duration.count", acquisitions.get() + timeouts.get()),
            Map.entry("acquisition_duration.sum", tracker.acquire.sum()),
            Map.entry("acquisition_duration.within_10ms", tracker.acquire.within(0.01)),
            Map.entry("usage_duration.count", releases));
    StringBuilder out = new StringBuilder();
    figures.forEach((name, value) -> out.append(", \"%s\": %s".formatted(name, value)));
    return "{" + out.substring(2) + "}";
  }

  String set(String name) {
    stage.set(name);
    return "";
  }

  static void serve(HttpServer server, String path, Supplier<String> answer) {
    server.createContext(
        path,
        exchange -> {
          byte[] body = answer.get().getBytes();
          exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
  }

  public static void main(String[] arguments) throws Exception {
    Pools pools = new Pools(URI.create(arguments[0]));
    pools.source.getConnection().close();
    pools.acquisitions.incrementAndGet();
    pools.releases.incrementAndGet();
    for (int i = 0; i < CALLERS; i++) new Thread(pools::call).start();

    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newCachedThreadPool());
    for (String name : new String[] {"run", "slow", "hold", "rest"}) {
      serve(server, "/" + name, () -> pools.set(name));
    }
    serve(server, "/timeout", pools::timeOut);
    serve(server, "/truth", pools::truth);
    serve(server, "/metrics", () -> pools.tracker.text() + pools.jdbcText());
    server.start();
    System.out.println(server.getAddress().getPort());
  }
}
