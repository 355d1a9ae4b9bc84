import com.zaxxer.hikari.HikariDataSource;
import dbpool.events.EventDataSource;
import dbpool.events.EventSender;
import dbpool.events.HikariEvents;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import javax.sql.DataSource;

/**
 * An application with a pool of three connections, for clients/tests; clients/go/testapp does the same.
 *
 * <p>App run|bench hikari|nosites|tracker URL, App flood N, App tick
 */
public class App {
  static final int SIZE = 3;
  static final int CALLERS = 6;
  static final int TURNS = 50;
  static final int USE_MS = 2;
  static final int TIMEOUT_MS = 3_000; // HikariCP has one for all callers

  static final EventSender sender = EventSender.fromEnvironment();

  static HikariDataSource hikari(String address) {
    URI url = URI.create(address);
    HikariDataSource source = new HikariDataSource();
    source.setJdbcUrl("jdbc:postgresql://" + url.getAuthority().replaceFirst(".*@", "") + url.getPath());
    source.setUsername(url.getUserInfo());
    source.setMaximumPoolSize(SIZE);
    source.setConnectionTimeout(TIMEOUT_MS);
    source.setPoolName("orders");
    return source;
  }

  static DataSource open(String kind, String address) {
    HikariDataSource source = hikari(address);
    if (kind.equals("hikari")) return HikariEvents.report(source, sender);
    if (kind.equals("nosites")) return HikariEvents.report(source, sender, EventDataSource.Sites.OFF);
    source.setMetricsTrackerFactory(new HikariEvents(sender));
    return source;
  }

  static void call(DataSource source, List<Double> waits) {
    try {
      for (int i = 0; i < TURNS; i++) {
        long start = System.nanoTime();
        Connection connection = source.getConnection();
        long waited = System.nanoTime() - start;
        Thread.sleep(USE_MS);
        connection.close();
        waits.add(waited / 1e6);
      }
    } catch (SQLException | InterruptedException failure) {
      throw new IllegalStateException(failure);
    }
  }

  static void timeOut(DataSource source) throws SQLException {
    List<Connection> held = new ArrayList<>();
    for (int i = 0; i < SIZE; i++) held.add(source.getConnection());
    try {
      source.getConnection();
      throw new IllegalStateException("a pool of three gave a fourth");
    } catch (SQLTransientConnectionException expected) {
      for (Connection connection : held) connection.close();
    }
  }

  static int leak(DataSource source) throws SQLException {
    source.getConnection();
    return StackWalker.getInstance().walk(frames -> frames.findFirst().get().getLineNumber()) - 1;
  }

  static void run(DataSource source) throws Exception {
    List<Double> waits = Collections.synchronizedList(new ArrayList<>());
    long start = System.nanoTime();
    Connection first = source.getConnection(); // opens the pool, which callers must not wait for
    waits.add((System.nanoTime() - start) / 1e6);
    first.close();
    List<Thread> callers = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) callers.add(new Thread(() -> call(source, waits)));
    for (Thread caller : callers) caller.start();
    for (Thread caller : callers) caller.join();
    timeOut(source);
    int line = leak(source);
    Thread.sleep(2500); // the gauges are sent once a second, and HikariCP refreshes them as often
    System.out.printf(
        "{\"acquisitions\": %d, \"waits\": %s, \"leaked_at\": \"App.java:%d \"}%n",
        waits.size() + SIZE + 1, waits, line);
  }

  static long median(long[] times) {
    Arrays.sort(times);
    return times[times.length / 2];
  }

  static long turn(DataSource source, int acquires) throws SQLException {
    long start = System.nanoTime();
    for (int i = 0; i < acquires; i++) source.getConnection().close();
    return (System.nanoTime() - start) / acquires;
  }

  /** Prints the median time of an acquire and its release, of turns in alternation. */
  static void bench(DataSource bare, DataSource reported) throws Exception {
    final int rounds = 401;
    final int each = 500;
    for (int i = 0; i < 40; i++) {
      turn(bare, each);
      turn(reported, each);
      Thread.sleep(20);
    }
    long[] without = new long[rounds];
    long[] with = new long[rounds];
    for (int i = 0; i < rounds; i++) {
      without[i] = turn(bare, each);
      with[i] = turn(reported, each);
      Thread.sleep(20); // so that the queue never fills
    }
    System.out.printf("bare %d ns, reported %d ns%n", median(without), median(with));
  }

  /** Ends with an event that found room in the queue after others did not. */
  static void flood(int events) throws InterruptedException {
    for (int i = 0; i < events; i++) sender.acquireTimeout("flood", 1_000_000);
    int sent = events;
    for (long dropped = 0; dropped != sender.dropped(); sent++) {
      Thread.sleep(1);
      dropped = sender.dropped();
      sender.acquireTimeout("flood", 1_000_000);
    }
    sender.close();
    System.out.printf("{\"events\": %d, \"dropped\": %d}%n", sent, sender.dropped());
  }

  public static void main(String[] arguments) throws Exception {
    switch (arguments[0]) {
      case "flood":
        flood(Integer.parseInt(arguments[1]));
        break;
      case "tick":
        while (true) {
          sender.acquireTimeout("tick|a,b\nc:d e", 1_000_000);
          Thread.sleep(5);
        }
      case "run":
        run(open(arguments[1], arguments[2]));
        sender.close();
        break;
      case "bench":
        bench(hikari(arguments[2]), open(arguments[1], arguments[2]));
        break;
      default:
    }
    System.exit(0);
  }
}
