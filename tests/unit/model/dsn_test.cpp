#include "dbpool/model/dsn.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <type_traits>
#include <vector>

#include "dbpool/model/error.hpp"

namespace dbpool {
namespace {

namespace fs = std::filesystem;

struct Redaction {
  const char *dsn, *shown;
};

void check_redaction(std::initializer_list<Redaction> cases) {
  for (const auto& [dsn, shown] : cases) {
    CAPTURE(dsn);
    CHECK(Dsn(dsn).redacted() == shown);
  }
}

TEST_CASE("a URI is shown without its passwords") {
  check_redaction({
      {"postgresql://user:secret@host:5432/db", "postgresql://user:***@host:5432/db"},
      {"postgres://user:p%40ss@host/db?sslmode=require", "postgres://user:***@host/db?sslmode=require"},
      {"postgresql://user:@host/db", "postgresql://user:***@host/db"},
      {"postgresql://:secret@host/db", "postgresql://:***@host/db"},
      {"postgresql://user@host/db", "postgresql://user@host/db"},
      {"postgresql://me%40corp:x@host/db", "postgresql://me%40corp:***@host/db"},
      {"postgresql://u:a:b@h1:1,h2:2/db", "postgresql://u:***@h1:1,h2:2/db"},
      {"postgresql://u:x@[::1]:5432/db", "postgresql://u:***@[::1]:5432/db"},
      {"postgresql://host", "postgresql://host"},
      {"postgresql:///db?host=/run/postgresql", "postgresql:///db?host=/run/postgresql"},
      {"postgresql://user:p%40ss@host/db?password=x&sslpassword=y",
       "postgresql://user:***@host/db?password=***&sslpassword=***"},
      {"postgresql://h/db?user=u&password=x&connect_timeout=3",
       "postgresql://h/db?user=u&password=***&connect_timeout=3"},
      {"postgresql://h/db?PassWord=x", "postgresql://h/db?PassWord=***"},
      {"postgresql://h/db?p%61ssword=x", "postgresql://h/db?p%61ssword=***"},
      {"postgresql://h/db?passfile=/home/u/.pgpass", "postgresql://h/db?passfile=/home/u/.pgpass"},
      {"  postgresql://u:x@h/db\n", "postgresql://u:***@h/db"},
  });
}

TEST_CASE("of a malformed URI, what follows the suspicious point is hidden") {
  check_redaction({
      {"postgresql://user:p@ss@host/db", "postgresql://***"},
      {"postgresql://user:p/ss@host/db", "postgresql://***"},
      {"postgresql://user:1/ss@host/db", "postgresql://***"},
      {"postgresql://user:p?ss@host/db", "postgresql://***"},
      {"postgresql://user:p#ss@host/db", "postgresql://***"},
      {"postgresql://user:secret", "postgresql://***"},
      {"postgresql://user:secret/db", "postgresql://***"},
      {"postgresql://user@host:secret/db", "postgresql://***"},
      {"postgresql://h/db?password=a&bcd", "postgresql://h/db?password=***&***"},
      {"postgresql://h/db?password=a&b=c&sslmode=x", "postgresql://h/db?password=***&***"},
      {"postgresql://h/db?user=u;password=x", "postgresql://h/db?user=***"},
      {"postgresql://h/db;password=x", "postgresql://h***"},
      {"postgresql://h/db?secret", "postgresql://h/db?***"},
      {"postgresql://h/db?dbname=postgresql://u:x%40h", "postgresql://h/db?dbname=***"},
      {"jdbc:postgresql://h/db?password=x", "***"},
      {"user:secret@host/db", "***"},
      {"user:secret", "***"},
      {"postgresql//u:secret@h/db?password=x", "***"},
      {"postgresql:/u:secret@h/db password=x", "***"},
  });
}

TEST_CASE("a libpq string is shown without its passwords") {
  check_redaction({
      {"host=db password=secret user=u", "host=db password=*** user=u"},
      {"host = db  password = secret  user = u", "host=db password=*** user=u"},
      {"password='a b' host=db", "password=*** host=db"},
      {R"(password='a\'b c' host=db)", "password=*** host=db"},
      {R"(password=a\ b host=db)", "password=*** host=db"},
      {R"(password='a\\' host=db)", "password=*** host=db"},
      {"password='' host=db", "password=*** host=db"},
      {"host='a b' sslpassword=x passfile=/p", "host='a b' sslpassword=*** passfile=/p"},
      {"host=db\npassword=secret\tport=1", "host=db password=*** port=1"},
      {"host=::1 user=me@corp", "host=::1 user=me@corp"},
      {"dbname='postgresql://u:x@h/db'", "dbname=***"},
      {"options='-c x.password=y' host=db", "options=*** host=db"},
      {"password=a;b host=db", "password=***;***"},
  });
}

TEST_CASE("of a malformed libpq string, what follows the suspicious point is hidden") {
  check_redaction({
      {"password=my secret host=db", "password=*** ***"},
      {"password=a b=c host=db", "password=*** ***"},
      {"host=db password='secret", "host=db ***"},
      {"password='a'b host=db", "***"},
      {R"(password='a\' host=db)", "***"},
      {"password secret", "***"},
      {"host=db secret", "host=db ***"},
      {"= secret", "***"},
      {"password= host=db", "password=***"},
      {"host= password=secret", "host=***"},
  });
}

TEST_CASE("ODBC pairs are shown without their passwords") {
  check_redaction({
      {"Driver={PostgreSQL Unicode};Server=db;UID=u;PWD=secret;",
       "Driver={PostgreSQL Unicode};Server=db;UID=u;PWD=***;"},
      {"PWD={a;b}};c};UID=u", "PWD=***;UID=u"},
      {"pwd={a}}};UID=u", "pwd=***;UID=u"},
      {"DSN=orders;Password = secret ; User ID = u", "DSN=orders;Password=***;User ID=u"},
      {"Server=db;Token=x;Port=1", "Server=db;Token=***;Port=1"},
      {"DSN=my orders", "DSN=my orders"},
      {"Driver={PostgreSQL Unicode}", "Driver={PostgreSQL Unicode}"},
      {"Driver={SQLite3};Database=/var/lib/a b.db", "Driver={SQLite3};Database=/var/lib/a b.db"},
      {"Driver={ODBC Driver 18 for SQL Server};Server=tcp:db,1433;Database=app;UID=u;PWD={x};Encrypt=yes",
       "Driver={ODBC Driver 18 for SQL Server};Server=tcp:db,1433;Database=app;UID=u;PWD=***;Encrypt=yes"},
      {"Driver=FreeTDS;TDS_Version=7.4;ClientCharset=UTF-8;PWD=x",
       "Driver=FreeTDS;TDS_Version=7.4;ClientCharset=UTF-8;PWD=***"},
      {"Driver=S;Account=a;Warehouse=w;Authenticator=SNOWFLAKE_JWT;PRIV_KEY_FILE=/"
       "k.p8;PRIV_KEY_FILE_PWD=x;Role=r",
       "Driver=S;Account=a;Warehouse=w;Authenticator=SNOWFLAKE_JWT;PRIV_KEY_FILE=/"
       "k.p8;PRIV_KEY_FILE_PWD=***;Role=r"},
  });
}

TEST_CASE("of malformed ODBC pairs, what follows the suspicious point is hidden") {
  check_redaction({
      {"PWD={secret;UID=u", "***"},
      {"PWD={a}b;UID=u", "PWD=******"},
      {"PWD=a;b;UID=u", "PWD=***;***"},
      {"PWD=a;b=c;UID=u", "PWD=***;***"},
      {"DSN=orders;secret", "DSN=orders;***"},
      {"DSN=orders PWD=secret", "DSN=***"},
      {"host=db password='a;Driver=secret;b'", "host=***;***"},
      {"Driver={x;PWD=secret}", "Driver=***"},
      {"PWD={a};UID=secret}", "PWD=***;***"},
      {"Server=tcp:u:secret@h;UID=u", "Server=***;UID=u"},
  });
}

TEST_CASE("a path is shown, and a SQLite URI without its key") {
  check_redaction({
      {"", ""},
      {"/var/lib/orders.db", "/var/lib/orders.db"},
      {"/run/secrets/orders", "/run/secrets/orders"},
      {"orders.db", "orders.db"},
      {":memory:", ":memory:"},
      {"file:orders.db?mode=ro&cache=shared", "file:orders.db?mode=ro&cache=shared"},
      {"file:///var/lib/orders.db", "file:///var/lib/orders.db"},
      {"file:orders.db?key=secret&mode=ro", "file:orders.db?key=***&mode=ro"},
      {"file:orders.db?hexkey=00", "file:orders.db?hexkey=***"},
      {"my password is secret", "***"},
  });
}

// Every form of a secret that could end a value early.
const std::vector<std::string> awkward_secrets{
    "S3CR3T",   "a S3CR3T", "a&S3CR3T", "a;S3CR3T",  "a@S3CR3T",   "a/S3CR3T",   "a?S3CR3T",
    "a#S3CR3T", "a'S3CR3T", "a=S3CR3T", "{a}S3CR3T", "a%S3CR3T",   "a\\S3CR3T",  "a:S3CR3T",
    "a,S3CR3T", "1/S3CR3T", "a}S3CR3T", "a\nS3CR3T", "a://S3CR3T", "a&x=S3CR3T", "a;b password=S3CR3T"};

bool shows_secret(const std::string& dsn) {
  return Dsn(dsn).redacted().find("S3CR3T") != std::string::npos;
}

TEST_CASE("no secret that is badly quoted is ever shown, wherever the DSN is cut off") {
  for (const auto& secret : awkward_secrets) {
    for (const auto& dsn :
         {"postgresql://h/db?password=" + secret + "&sslmode=x", "host=h password=" + secret + " user=u",
          "host=h password='" + secret + "' user=u", "Server=h;PWD=" + secret + ";UID=u",
          "Server=h;PWD={" + secret + "};UID=u", "file:a.db?key=" + secret + "&mode=ro"}) {
      for (std::size_t length = 0; length <= dsn.size(); ++length) {
        const auto cut = dsn.substr(0, length);
        CAPTURE(cut);
        CHECK_FALSE(shows_secret(cut));
      }
    }
  }
}

TEST_CASE("no secret before the host of a URI is ever shown, also when the scheme is misspelled") {
  for (const auto& secret : awkward_secrets) {
    for (const auto& scheme :
         {"postgresql://", "postgres:/", "postgres//", "://", "", "jdbc:postgresql://"}) {
      for (const auto& rest : {"", "/db", "/db?sslmode=require", "/db?password=x"}) {
        const auto dsn = scheme + ("u:" + secret) + "@h" + rest;
        CAPTURE(dsn);
        CHECK_FALSE(shows_secret(dsn));
      }
    }
  }
}

TEST_CASE("a DSN cannot be printed by accident") {
  CHECK_FALSE(std::is_convertible_v<Dsn, std::string>);
  CHECK(Dsn("password=x").reveal() == "password=x");
}

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = fs::temp_directory_path() / "dbpool_dsn_test.XXXXXX";
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() { fs::remove_all(path_); }
  fs::path file(const std::string& text) const {
    std::ofstream(path_ / "dsn") << text;
    return path_ / "dsn";
  }
  fs::path path() const { return path_; }

 private:
  fs::path path_;
};

TEST_CASE("a DSN that was given is read as it is") {
  CHECK(DsnSource().read().empty());
  CHECK(DsnSource(Dsn("x")).read().reveal() == "x");
}

TEST_CASE("a DSN file is read afresh, without the blanks at its ends") {
  const TemporaryFolder folder;
  const DsnSource source(folder.file("\xEF\xBB\xBF host=a password='x ' \r\n"));
  CHECK(source.read().reveal() == "host=a password='x '");
  folder.file("host=b");
  CHECK(source.read().reveal() == "host=b");
}

TEST_CASE("a DSN file that is missing, empty, too large, a folder or a pipe is an error that names it") {
  const TemporaryFolder folder;
  const auto message = [](const fs::path& file) -> std::string {
    try {
      DsnSource(file).read();
    } catch (const Error& e) {
      return e.what();
    }
    return "";
  };
  const auto name = (folder.path() / "dsn").string();
  CHECK(message(folder.path() / "dsn") == "reading the dsn file " + name + ": not a readable file");
  CHECK(message(folder.path()).ends_with(": not a readable file"));
  REQUIRE(mkfifo((folder.path() / "pipe").c_str(), 0600) == 0);
  CHECK(message(folder.path() / "pipe").ends_with(": not a readable file"));
  CHECK(message(folder.file("\n")) == "reading the dsn file " + name + ": it is empty");
  CHECK(message(folder.file(std::string(100'000, 'x'))) ==
        "reading the dsn file " + name + ": it is too large");
}

TEST_CASE("a DSN with a password that strays is refused at every reading, given or in a file") {
  const TemporaryFolder folder;
  const DsnSource source(folder.file("host=a"));
  CHECK_NOTHROW(source.read());
  for (const char* stray : {"postgresql://u:Winter@2026@h/db", "postgresql://u:4711/Winter@h/db\n"}) {
    folder.file(stray);
    CHECK_THROWS_AS(source.read(), StrayPassword);
    CHECK_THROWS_AS(DsnSource(Dsn(stray)).read(), StrayPassword);
  }
}

TEST_CASE("a DSN in the place of its file's name is not shown either") {
  CHECK_THROWS_WITH_AS(DsnSource(fs::path("postgresql://u:secret@h/db")).read(),
                       "reading the dsn file postgresql://u:***@h/db: not a readable file", Error);
}

}  // namespace
}  // namespace dbpool
