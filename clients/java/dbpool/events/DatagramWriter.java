package dbpool.events;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * Collects lines into datagrams and numbers them. A line that is not sent leaves a number out. The socket is opened at
 * the first datagram, and anew after an error. One thread.
 */
final class DatagramWriter {
  private static final int LIMIT = 1432;
  private static final long PAUSE = TimeUnit.SECONDS.toNanos(1); // between two attempts to open the socket

  private final InetSocketAddress target;
  private final String client = clientName();
  private final StringBuilder line = new StringBuilder();
  private final ByteBuffer datagram = ByteBuffer.allocate(64 * 1024);
  private DatagramChannel channel;
  private long tried = System.nanoTime() - PAUSE;
  private long sequence;
  private long lines;
  private long failed;

  DatagramWriter(InetSocketAddress target) {
    this.target = target;
  }

  /** Returns a name that no other process has: host, pid, start in ms. */
  private static String clientName() {
    String host = "unknown";
    try {
      host = InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException unknown) {
      // The pid and the time are left.
    }
    return Event.clean(host, 200) + "-" + ProcessHandle.current().pid() + "-" + System.currentTimeMillis();
  }

  long failed() {
    return failed;
  }

  void add(Event event) {
    line.setLength(0);
    event.appendTo(line, client);
    byte[] text = line.toString().getBytes(StandardCharsets.UTF_8);
    if (lines > 0 && datagram.position() + 1 + text.length > LIMIT) flush();
    if (lines > 0) datagram.put((byte) '\n');
    datagram.put(text);
    if (lines == 0) datagram.put((",seq:" + (sequence + 1)).getBytes(StandardCharsets.UTF_8));
    lines++;
  }

  void flush() {
    if (lines == 0) return;
    datagram.flip();
    if (write()) {
      sequence++;
    } else {
      sequence += lines;
      failed += lines;
    }
    datagram.clear();
    lines = 0;
  }

  /** Leaves out the numbers of lines that were dropped before. */
  void skip(long count) {
    sequence += count;
  }

  void close() {
    try {
      if (channel != null) channel.close();
    } catch (IOException ignored) {
      // A socket that cannot be closed is not used again.
    }
    channel = null;
  }

  private boolean write() {
    try {
      if (channel == null && !open()) return false;
      return channel.write(datagram) > 0;
    } catch (IOException | RuntimeException absent) {
      close();
      return false;
    }
  }

  private boolean open() throws IOException {
    if (System.nanoTime() - tried < PAUSE) return false;
    tried = System.nanoTime();
    DatagramChannel opened = DatagramChannel.open();
    channel = opened;
    opened.configureBlocking(false);
    opened.connect(new InetSocketAddress(target.getHostString(), target.getPort()));
    return true;
  }
}
