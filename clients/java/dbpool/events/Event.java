package dbpool.events;

/** One line. */
final class Event {
  private static final int LONGEST_NAME = 256;
  private static final int LONGEST_SITE = 512;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final String verb; // the name of a gauge is one as well
  private final String pool;
  private final long value; // nanoseconds, a count, or a gauge
  private final long lease; // 0: not known
  private final StackWalker.StackFrame site; // null: not known
  private final String detail; // the reason or the error's type; null: there is none

  Event(String verb, String pool, long value, long lease, StackWalker.StackFrame site, String detail) {
    this.verb = verb;
    this.pool = pool;
    this.value = value;
    this.lease = lease;
    this.site = site;
    this.detail = detail;
  }

  void appendTo(StringBuilder out, String client) {
    out.append("dbpool.").append(verb).append(':');
    switch (verb) {
      case "acquired":
      case "released":
      case "acquire_timeout":
      case "connected":
        appendMillis(out);
        out.append("|ms");
        break;
      case "acquire_rejected":
      case "connect_failed":
      case "closed":
      case "error":
        out.append(value).append("|c");
        break;
      default:
        out.append(value).append("|g");
    }
    out.append("|#pool:").append(clean(pool, LONGEST_NAME)).append(",client:").append(client);
    if (lease != 0) out.append(",lease:").append(lease);
    if (site != null) out.append(",site:").append(clean(text(site), LONGEST_SITE));
    if (detail != null) out.append(verb.equals("closed") ? ",reason:" : ",error_type:").append(detail);
  }

  private void appendMillis(StringBuilder out) {
    String fraction = Long.toString(NANOS_PER_MILLI + value % NANOS_PER_MILLI);
    out.append(value / NANOS_PER_MILLI).append('.').append(fraction, 1, fraction.length());
  }

  private static String text(StackWalker.StackFrame site) {
    return site.getFileName() + ":" + site.getLineNumber() + " " + site.getClassName() + "." + site.getMethodName();
  }

  /** Replaces what ends a tag, and bounds its length. */
  static String clean(String text, int longest) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length() && i < longest; i++) {
      char c = text.charAt(i);
      out.append(c == ',' || c == '|' || c < ' ' ? '_' : c);
    }
    return out.toString();
  }
}
