import java.net.URI;
import java.sql.DriverManager;
import java.sql.ResultSet;

/** pgjdbc takes no postgresql:// URL, and neither does it look at PGSSLROOTCERT. */
class Pgjdbc {
    public static void main(String[] arguments) throws Exception {
        URI url = new URI(System.getenv("DATABASE_URL"));
        String[] user = url.getRawUserInfo().split(":", 2);
        String jdbc = "jdbc:postgresql://" + url.getHost() + ":" + url.getPort() + url.getRawPath()
                + "?user=" + user[0] + "&password=" + user[1] + "&sslmode=verify-full&sslrootcert="
                + System.getenv("PGSSLROOTCERT") + "&prepareThreshold=0";
        try (ResultSet rows = DriverManager.getConnection(jdbc).createStatement().executeQuery("SELECT 1")) {
            rows.next();
            System.out.println(rows.getInt(1));
        }
    }
}
