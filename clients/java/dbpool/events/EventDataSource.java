package dbpool.events;

import java.io.PrintWriter;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLTransientConnectionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.logging.Logger;
import javax.sql.DataSource;

/** A pool that reports its leases, with the place in the code that acquired each. */
public final class EventDataSource implements DataSource {
  private static final StackWalker STACK = StackWalker.getInstance();

  private final DataSource inner;
  private final Supplier<String> pool;
  private final EventSender sender;
  private final boolean sites;

  private interface Getter {
    Connection get() throws SQLException;
  }

  /** pool: its name, which is asked for after the first acquire. */
  public EventDataSource(DataSource inner, Supplier<String> pool, EventSender sender) {
    this(inner, pool, sender, Sites.ON);
  }

  /** Whether the stack is searched for the place that acquires. */
  public enum Sites {
    ON,
    OFF
  }

  public EventDataSource(DataSource inner, Supplier<String> pool, EventSender sender, Sites sites) {
    this.inner = inner;
    this.pool = pool;
    this.sender = sender;
    this.sites = sites == Sites.ON;
  }

  @Override
  public Connection getConnection() throws SQLException {
    return lend(inner::getConnection);
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    return lend(() -> inner.getConnection(user, password));
  }

  private Connection lend(Getter getter) throws SQLException {
    if (!sender.isOn()) return getter.get();
    long start = System.nanoTime();
    Connection connection;
    try {
      connection = getter.get();
    } catch (SQLTransientConnectionException timeout) {
      sender.acquireTimeout(pool.get(), System.nanoTime() - start);
      throw timeout;
    } catch (SQLException failure) {
      sender.error(pool.get(), "other");
      throw failure;
    }
    Lease lease = new Lease(connection, pool.get(), sender);
    sender.acquired(lease.pool, lease.start - start, lease.number, sites ? site() : null);
    return lease.proxy();
  }

  private static StackWalker.StackFrame site() {
    return STACK.walk(frames -> frames.filter(EventDataSource::isOutside).findFirst().orElse(null));
  }

  private static boolean isOutside(StackWalker.StackFrame frame) {
    String name = frame.getClassName();
    return !name.startsWith("dbpool.events.") && !name.startsWith("com.zaxxer.hikari.")
        && !name.startsWith("java.") && !name.startsWith("org.springframework.");
  }

  /** A connection that reports when it is closed. */
  private static final class Lease implements InvocationHandler {
    private final Connection connection;
    private final String pool;
    private final EventSender sender;
    private final long number;
    private final long start = System.nanoTime();
    private final AtomicBoolean released = new AtomicBoolean();

    Lease(Connection connection, String pool, EventSender sender) {
      this.connection = connection;
      this.pool = pool;
      this.sender = sender;
      this.number = sender.newLease();
    }

    Connection proxy() {
      return (Connection)
          Proxy.newProxyInstance(Lease.class.getClassLoader(), new Class<?>[] {Connection.class}, this);
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
      switch (method.getName()) {
        case "equals":
          return proxy == arguments[0];
        case "hashCode":
          return System.identityHashCode(proxy);
        case "close":
        case "abort":
          if (released.compareAndSet(false, true)) sender.released(pool, System.nanoTime() - start, number);
          break;
        default:
      }
      try {
        return method.invoke(connection, arguments);
      } catch (InvocationTargetException thrown) {
        throw thrown.getCause();
      }
    }
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return type.isInstance(inner) ? type.cast(inner) : inner.unwrap(type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return type.isInstance(inner) || inner.isWrapperFor(type);
  }

  @Override
  public PrintWriter getLogWriter() throws SQLException {
    return inner.getLogWriter();
  }

  @Override
  public void setLogWriter(PrintWriter out) throws SQLException {
    inner.setLogWriter(out);
  }

  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    inner.setLoginTimeout(seconds);
  }

  @Override
  public int getLoginTimeout() throws SQLException {
    return inner.getLoginTimeout();
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    return inner.getParentLogger();
  }
}
