using OrleansMcp.Silo.Settings;

namespace OrleansMcp.Cluster.Tests.Settings;

/// <summary>Every value that cannot be used is refused, by an error that says where it was set.</summary>
public sealed class WrongSettingsTests
{
    private const string Tables = "tables:connectionString " + Read.Connection;
    private const string Keys = "sessionIdKeys " + Read.Key;

    /// <summary>What is given, separated by <c>|</c>; the key that is to blame; and what about it.</summary>
    public static TheoryData<string, string, string> Wrong => new()
    {
        { "role gate", "role", "'gate'" },
        { "role Silo", "role", "must be silo, gateway or both" },
        { "role 1", "role", "must be silo, gateway or both" },
        { "role silo|" + Keys, "tables:connectionString", "needs a table service" },
        { "role gateway|" + Keys, "tables:connectionString", "needs a table service" },

        { "siloPort 0", "siloPort", "from 1 to 65535" },
        { "siloPort 65536", "siloPort", "'65536'" },
        { "siloPort -1", "siloPort", "from 1 to 65535" },
        { "siloPort 11 111", "siloPort", "from 1 to 65535" },
        { "siloPort 0x2b67", "siloPort", "from 1 to 65535" },
        { "siloPort 99999999999", "siloPort", "from 1 to 65535" },
        { "gatewayPort 0", "gatewayPort", "from 1 to 65535" },
        { "gatewayPort eleven", "gatewayPort", "'eleven'" },
        { "gatewayPort 11111", "gatewayPort", "must differ from siloPort" },
        { "siloPort 30000", "gatewayPort", "must differ from siloPort" },
        { "siloPort 5080", "siloPort", "must differ from the port of urls" },
        { "urls http://127.0.0.1:30000", "gatewayPort", "must differ from the port of urls" },

        { "address silo-1.example.com", "address", "'silo-1.example.com'" },
        { "address 10.1", "address", "must be the IP address" },
        { "address 167772161", "address", "must be the IP address" },
        { "address 10.0.0.1:11111", "address", "must be the IP address" },
        { "address 0.0.0.0", "address", "at which other processes reach this one" },
        { "address ::", "address", "at which other processes reach this one" },
        { "address 224.0.0.1", "address", "at which other processes reach this one" },
        { "address 255.255.255.255", "address", "at which other processes reach this one" },
        { "address ff02::1", "address", "at which other processes reach this one" },
        { "listenOnAny yes", "listenOnAny", "true or false" },

        { "urls 127.0.0.1:5080", "urls", "must be http URLs" },
        { "urls https://127.0.0.1:5443", "urls", "must be http URLs" },
        { "urls http://127.0.0.1:99999", "urls", "must be http URLs" },
        { "urls http://127.0.0.1:5080/base", "urls", "must be http URLs" },
        { "urls http://127.0.0.1:5080;nonsense", "urls", "'nonsense'" },

        { "clusterId a/b", "clusterId", "'a/b'" },
        { "serviceId with space", "serviceId", "ASCII letters" },
        { "clusterId #1", "clusterId", "ASCII letters" },
        { "config nowhere.yaml", "config", "there is no file 'nowhere.yaml'" },

        { Tables, "sessionIdKeys", "the same keys in every process" },
        { "sessionIdKeys c2hvcnQ=", "sessionIdKeys", "at least 32 bytes" },
        { "sessionIdKeys not base64", "sessionIdKeys", "base64" },
        { "sessionIdKeys ,", "sessionIdKeys", "base64" },
        { Keys + ",c2hvcnQ=|" + Tables, "sessionIdKeys", "at least 32 bytes" },
        { "tables:connectionString nonsense|" + Keys, "tables:connectionString", "is not the connection string" },
        { "role silo|tables:connectionString nonsense|" + Keys, "tables:connectionString", "is not the connection string" },
        { "tables:connectionString AccountName=acct|" + Keys, "tables:connectionString", "is not the connection string" },
        { "tables:serviceUri http://acct.table.core.windows.net|" + Keys, "tables:serviceUri", "https" },
        { "tables:serviceUri acct|" + Keys, "tables:serviceUri", "https" },
        { "tables:serviceUri https://acct.table.core.windows.net?sig=s|" + Keys, "tables:serviceUri", "without a query" },
        { "tables:serviceUri https://acct.table.core.windows.net|" + Keys + "|" + Tables, "tables:serviceUri", "together with tables:connectionString" },
        { "tables:clientId 6c1ffe4a", "tables:clientId", "tables:serviceUri, which is missing" },

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

        { "siloport2 1", "siloport2", "is not a setting" },
        { "tables nonsense", "tables", "is not a setting" },
        { "tables:name t", "tables:name", "is not a setting" },
        { "role:name silo", "role:name", "is not a setting" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_wrong_value_is_refused_and_its_key_and_variable_are_named(string given, string key, string why)
    {
        var error = Assert.Single(Read.Errors(given.Split('|')));
        Read.ExpectNames(error, key);
        Assert.Contains(why, error, StringComparison.Ordinal);
    }

    [Fact]
    public void All_mistakes_are_told_at_once()
    {
        var errors = Read.Errors("role everything", "siloPort x", "gatewayPort 0", "address here", "probe soon", "drain later", "urls me", "colour red");
        Assert.Equal(
            ["address", "colour", "drain", "gatewayPort", "probe", "role", "siloPort", "urls"],
            errors.Select(error => error[..error.IndexOf(':', StringComparison.Ordinal)]).Order(StringComparer.Ordinal));
        var thrown = Assert.Throws<SettingsException>(() => Read.Of("role everything", "siloPort x"));
        Assert.Equal(2, thrown.Message.Split(Environment.NewLine).Length);
    }

    [Theory]
    [InlineData("tables:connectionString DefaultEndpointsProtocol=https;AccountName;AccountKey=" + Read.Secret)]
    [InlineData("tables:connectionString AccountKey=" + Read.Secret)]
    [InlineData("tables:connectionString DefaultEndpointsProtocol=https;AccountName=a;AccountKey=%" + Read.Secret)]
    [InlineData("tables:connectionString DefaultEndpointsProtocol=https;AccountName=a;AccountKey=" + Read.Secret + ";TableEndpoint=nowhere")]
    [InlineData("tables:connectionString " + Read.Connection + "|tables:serviceUri https://a.table.core.windows.net/")]
    [InlineData("tables:serviceUri " + Read.Connection)]
    [InlineData("tables:serviceUri https://user:" + Read.Secret + "@a.table.core.windows.net/")]
    [InlineData("tables:serviceUri https://a.table.core.windows.net/?sig=" + Read.Secret)]
    [InlineData("tables:connectionString SharedAccessSignature=sig=" + Read.Secret)]
    [InlineData("sessionIdKeys " + Read.Secret)]
    [InlineData("sessionIdKeys " + Read.Key + ";" + Read.Secret)]
    public void No_error_repeats_what_is_secret(string given)
    {
        var thrown = Assert.Throws<SettingsException>(() => Read.Of([.. given.Split('|'), "role gateway", "siloPort 0"]));
        Assert.DoesNotContain(Read.Secret, thrown.ToString(), StringComparison.Ordinal);
        Assert.Null(thrown.InnerException);
    }
}
