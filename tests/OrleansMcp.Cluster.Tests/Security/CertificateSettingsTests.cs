using OrleansMcp.Cluster.Tests.Settings;

namespace OrleansMcp.Cluster.Tests.Security;

/// <summary>Certificates that cannot be used are refused at the start, by the setting that named them.</summary>
public sealed class CertificateSettingsTests : IDisposable
{
    private readonly Authority _authority = new();
    private readonly CertificateFiles _files;

    public CertificateSettingsTests() => _files = new CertificateFiles(_authority.Issue(), _authority.Pem);

    [Fact]
    public void Three_files_are_TLS_under_the_name_of_the_cluster() => Assert.Equal(_files.Settings, Read.Of([.. Read.Cluster, .. Given()]).Tls);

    [Theory]
    [InlineData("tls-certificate")]
    [InlineData("tls-key")]
    [InlineData("tls-authority")]
    public void Half_of_them_is_a_mistake(string missing)
    {
        var error = Assert.Single(Read.Errors([.. Read.Cluster, .. Given().Where(pair => !pair.StartsWith(missing, StringComparison.Ordinal))]));
        Read.ExpectNames(error, missing);
        Assert.Contains("is needed for TLS", error, StringComparison.Ordinal);
    }

    [Fact]
    public void So_is_a_name_without_any()
    {
        string[] keys = ["tls-certificate", "tls-key", "tls-authority"];
        Assert.All(keys.Zip(Read.Errors([.. Read.Cluster, "tls-name orleansmcp"])), pair => Read.ExpectNames(pair.Second, pair.First));
    }

    [Theory]
    [InlineData("tls-certificate")]
    [InlineData("tls-key")]
    [InlineData("tls-authority")]
    public void A_file_that_is_not_there_is_named(string key)
    {
        var error = Assert.Single(Read.Errors([.. Read.Cluster, .. Given().Where(pair => !pair.StartsWith(key, StringComparison.Ordinal)), key + " /nowhere/file.pem"]));
        Read.ExpectNames(error, key);
        Assert.Contains("'/nowhere/file.pem'", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not a name")]
    [InlineData("10.0.0.1")]
    [InlineData("*.example.com")]
    public void The_name_is_a_DNS_name(string name)
    {
        var error = Assert.Single(Read.Errors([.. Read.Cluster, .. Given(), "tls-name " + name]));
        Read.ExpectNames(error, "tls-name");
    }

    [Fact]
    public void A_certificate_that_is_none_is_refused() => ExpectRefused("tls-certificate", () => File.WriteAllText(_files.Certificate, "nothing"));

    [Fact]
    public void A_key_of_another_certificate_is_refused()
    {
        using var other = new CertificateFiles(_authority.Issue(), _authority.Pem);
        ExpectRefused("tls-certificate", () => File.Copy(other.Key, _files.Key, overwrite: true));
    }

    [Fact]
    public void An_authority_that_is_none_is_refused() => ExpectRefused("tls-authority", () => File.WriteAllText(_files.Authority, "nothing"));

    [Fact]
    public void A_certificate_that_the_cluster_would_refuse_is_refused_at_the_start()
    {
        using var other = new Authority("Another authority");
        ExpectRefused("tls-certificate", () => File.WriteAllText(_files.Authority, other.Pem));
    }

    [Fact]
    public void No_error_repeats_a_private_key()
    {
        File.WriteAllText(_files.Certificate, File.ReadAllText(_files.Key));
        var body = File.ReadAllLines(_files.Key)[1];
        Assert.DoesNotContain(Read.Errors([.. Read.Cluster, .. Given()]), error => error.Contains(body, StringComparison.Ordinal));
    }

    public void Dispose()
    {
        _files.Dispose();
        _authority.Dispose();
    }

    private void ExpectRefused(string key, Action spoil)
    {
        spoil();
        Read.ExpectNames(Assert.Single(Read.Errors([.. Read.Cluster, .. Given()])), key);
    }

    private string[] Given() => ["tls-certificate " + _files.Certificate, "tls-key " + _files.Key, "tls-authority " + _files.Authority];
}
