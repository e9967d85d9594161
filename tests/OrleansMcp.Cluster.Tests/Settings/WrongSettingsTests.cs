using OrleansMcp.Hosting.Settings;

namespace OrleansMcp.Cluster.Tests.Settings;

/// <summary>Every value that cannot be used is refused, by an error that says where it was set.</summary>
public sealed class WrongSettingsTests
{
    private const string Tables = "tables " + Read.Connection;
    private const string Keys = "session-id-keys " + Read.Key;
    private const string OnTables = "store tables|" + Keys + "|";

    /// <summary>What a member of a cluster is given wrongly; the setting that is to blame; and what about it.</summary>
    public static TheoryData<string, string, string> WrongInCluster => new()
    {
        { "silo-port 0", "silo-port", "from 1 to 65535" },
        { "silo-port 65536", "silo-port", "'65536'" },
        { "silo-port -1", "silo-port", "from 1 to 65535" },
        { "silo-port 11 111", "silo-port", "from 1 to 65535" },
        { "silo-port 0x2b67", "silo-port", "from 1 to 65535" },
        { "silo-port 99999999999", "silo-port", "from 1 to 65535" },
        { "gateway-port 0", "gateway-port", "from 1 to 65535" },
        { "gateway-port eleven", "gateway-port", "'eleven'" },
        { "gateway-port 11111", "gateway-port", "must differ from silo-port" },
        { "silo-port 30000", "gateway-port", "must differ from silo-port" },
        { "silo-port 5080", "silo-port", "must differ from the port of urls" },
        { "urls http://127.0.0.1:30000", "gateway-port", "must differ from the port of urls" },

        { "address silo-1.example.com", "address", "'silo-1.example.com'" },
        { "address 10.1", "address", "must be the IP address" },
        { "address 167772161", "address", "must be the IP address" },
        { "address 10.0.0.1:11111", "address", "must be the IP address" },
        { "address 0.0.0.0", "address", "at which other processes reach this one" },
        { "address ::", "address", "at which other processes reach this one" },
        { "address 224.0.0.1", "address", "at which other processes reach this one" },
        { "address 255.255.255.255", "address", "at which other processes reach this one" },
        { "address ff02::1", "address", "at which other processes reach this one" },
        { "address 10.0.0.1", "tls-certificate", "insecure-silo-ports true" },
        { "listen-on-any true", "tls-certificate", "insecure-silo-ports true" },
        { "listen-on-any true|insecure-silo-ports false", "tls-certificate", "insecure-silo-ports true" },
        { "insecure-silo-ports maybe", "insecure-silo-ports", "true or false" },
        { "listen-on-any yes", "listen-on-any", "true or false" },

        { "urls 127.0.0.1:5080", "urls", "must be http URLs" },
        { "urls https://127.0.0.1:5443", "urls", "must be http URLs" },
        { "urls http://127.0.0.1:99999", "urls", "must be http URLs" },
        { "urls http://127.0.0.1:5080/base", "urls", "must be http URLs" },
        { "urls http://127.0.0.1:5080;nonsense", "urls", "'nonsense'" },

        { "cluster-id a/b", "cluster-id", "'a/b'" },
        { "service-id with space", "service-id", "ASCII letters" },
        { "cluster-id #1", "cluster-id", "ASCII letters" },
        { "config nowhere.yaml", "config", "there is no file 'nowhere.yaml'" },

        { "probe 0.1", "probe", "from 0.2 to 60" },
        { "probe 61", "probe", "from 0.2 to 60" },
        { "probe 00:00:01", "probe", "number of seconds" },
        { "probe 1s", "probe", "'1s'" },
        { "probe NaN", "probe", "number of seconds" },
        { "probe 1,5", "probe", "number of seconds" },
        { "drain -1", "drain", "from 0 to 10" },
        { "drain 11", "drain", "from 0 to 10" },
        { "drain 1e1", "drain", "number of seconds" },
        { "drain Infinity", "drain", "number of seconds" },
        { "log xml", "log", "text or json" },

    };

    /// <summary>The same of a process that is given nothing else.</summary>
    public static TheoryData<string, string, string> Wrong => new()
    {
        { "role gate", "role", "must be all, silo or gateway, not 'gate'" },
        { "role Silo", "role", "must be all, silo or gateway" },
        { "role 1", "role", "must be all, silo or gateway" },
        { "role silo", "clustering", "is needed by the roles silo and gateway" },
        { "role gateway|" + OnTables + Tables, "clustering", "is needed by the roles silo and gateway" },
        { "store files", "store", "must be sqlite, tables or application, not 'files'" },
        { "clustering static", "clustering", "must be none or tables" },
        { "clustering tables|" + Tables, "store", "must be tables or application in a cluster" },

        { Keys, "session-id-keys", "'keys rotate' changes" },
        { Tables, "tables", "means nothing to the store sqlite" },
        { "service-id s", "service-id", "means nothing to the store sqlite" },
        { "cluster-id c", "cluster-id", "means nothing without clustering" },
        { "silo-port 11112", "silo-port", "means nothing without clustering" },
        { "address 10.0.0.1", "address", "means nothing without clustering" },
        { "listen-on-any true", "listen-on-any", "means nothing without clustering" },
        { "insecure-silo-ports true", "insecure-silo-ports", "means nothing without clustering" },
        { "probe 2", "probe", "means nothing without clustering" },
        { OnTables + Tables + "|silo-port 11112", "silo-port", "means nothing without clustering" },
        { OnTables + Tables + "|data /tmp", "data", "the folder of the store sqlite" },

        { "store tables|" + Tables, "session-id-keys", "the same in every process" },
        { "store application", "session-id-keys", "is needed by the store application" },
        { "store application|data /d|" + Keys, "data", "is the folder of the store sqlite" },
        { "store application|" + Keys + "|" + Tables, "tables", "means nothing to the store application" },
        { "store application|clustering tables|" + Keys, "tables", "is needed by the clustering tables" },
        { "store tables|" + Keys, "tables", "is needed by the store tables" },
        { "store tables|" + Tables + "|session-id-keys c2hvcnQ=", "session-id-keys", "at least 32 bytes" },
        { "store tables|" + Tables + "|session-id-keys not base64", "session-id-keys", "base64" },
        { "store tables|" + Tables + "|session-id-keys ,", "session-id-keys", "base64" },
        { "store tables|" + Tables + "|" + Keys + ",c2hvcnQ=", "session-id-keys", "at least 32 bytes" },
        { OnTables + "tables nonsense", "tables", "neither the connection string" },
        { OnTables + "tables AccountName=acct", "tables", "neither the connection string" },
        { OnTables + "tables http://acct.table.core.windows.net", "tables", "https" },
        { OnTables + "tables https://acct.table.core.windows.net?sig=s", "tables", "without a query" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_wrong_value_is_refused_and_its_name_and_variable_are_told(string given, string name, string why) => Expect(given.Split('|'), name, why);

    [Theory]
    [MemberData(nameof(WrongInCluster))]
    public void A_wrong_value_in_a_cluster_is_refused_and_its_name_and_variable_are_told(string given, string name, string why) =>
        Expect([.. Read.Cluster, .. given.Split('|')], name, why);

    [Theory]
    [InlineData("role gateway", "silo-port 11112")]
    [InlineData("role gateway", "insecure-silo-ports true")]
    public void A_gateway_has_no_ports_to_set(params string[] given) => Expect([.. Read.Cluster, .. given], given[1].Split(' ')[0], "means nothing to a gateway");

    private static void Expect(IEnumerable<string> given, string key, string why)
    {
        var error = Assert.Single(Read.Errors(given));
        Read.ExpectNames(error, key);
        Assert.Contains(why, error, StringComparison.Ordinal);
    }

    [Fact]
    public void All_mistakes_are_told_at_once()
    {
        var errors = Read.Errors([.. Read.Cluster, "role everything", "silo-port x", "gateway-port 0", "address here", "probe soon", "drain later", "urls me"]);
        Assert.Equal(
            ["address", "drain", "gateway-port", "probe", "role", "silo-port", "urls"],
            errors.Select(error => error[..error.IndexOf(':', StringComparison.Ordinal)]).Order(StringComparer.Ordinal));
        var thrown = Assert.Throws<SettingsException>(() => Read.Of("role everything", "drain x"));
        Assert.Equal(2, thrown.Message.Split(Environment.NewLine).Length);
    }

    [Theory]
    [InlineData("tables DefaultEndpointsProtocol=https;AccountName;AccountKey=" + Read.Secret)]
    [InlineData("tables AccountKey=" + Read.Secret)]
    [InlineData("tables DefaultEndpointsProtocol=https;AccountName=a;AccountKey=%" + Read.Secret)]
    [InlineData("tables DefaultEndpointsProtocol=https;AccountName=a;AccountKey=" + Read.Secret + ";TableEndpoint=nowhere")]
    [InlineData("tables https://user:" + Read.Secret + "@a.table.core.windows.net/")]
    [InlineData("tables https://a.table.core.windows.net/?sig=" + Read.Secret)]
    [InlineData("tables SharedAccessSignature=sig=" + Read.Secret)]
    [InlineData("session-id-keys " + Read.Secret)]
    [InlineData("session-id-keys " + Read.Key + ";" + Read.Secret)]
    public void No_error_repeats_what_is_secret(string given)
    {
        var thrown = Assert.Throws<SettingsException>(() => Read.Of(["store tables", "clustering tables", given, "silo-port 0"]));
        Assert.DoesNotContain(Read.Secret, thrown.ToString(), StringComparison.Ordinal);
        Assert.Null(thrown.InnerException);
    }
}
