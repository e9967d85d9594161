using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Configuration;
using OrleansMcp.Configuration.Certificates;
using OrleansMcp.Http.Admission.Callers.Certificates;

namespace OrleansMcp.Tests.Certificates;

/// <summary>What is remembered of certificates that were found good.</summary>
public sealed class CertificateTrustTests : IDisposable
{
    private const int Most = 3;

    private readonly TestAuthority _authority = new();
    private readonly FakeTimeProvider _time = new(TestAuthority.Begin.AddYears(1));

    [Fact]
    public void Only_good_certificates_are_kept_and_no_more_than_so_many()
    {
        var trust = Trust();
        using var good = _authority.Issue();
        using var bad = TestAuthority.SelfSigned();
        for (var i = 0; i < 3; i++)
        {
            Assert.NotNull(trust.Judge(new ForwardedCertificate(good.RawData, "")).Caller);
            Assert.Null(trust.Judge(new ForwardedCertificate(bad.RawData, "")).Caller);
        }

        Assert.Equal(1, trust.Kept);
        for (var i = 0; i < 10; i++)
        {
            using var another = _authority.Issue();
            Assert.NotNull(trust.Judge(new ForwardedCertificate(another.RawData, "")).Caller);
            Assert.InRange(trust.Kept, 1, Most);
        }
    }

    [Fact]
    public void A_certificate_that_was_found_good_costs_little()
    {
        var trust = Trust();
        using var good = _authority.Issue();
        var forwarded = new ForwardedCertificate(good.RawData, "");
        trust.Judge(forwarded);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < 1000; i++)
        {
            Assert.NotNull(trust.Judge(forwarded).Caller);
        }

        // A chain is built in about a millisecond; a hash takes about one millionth. Nothing of a chain is allocated either.
        Assert.True(watch.ElapsedMilliseconds < 200, $"{watch.ElapsedMilliseconds} ms for 1000 of them.");
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1000 * 200, "A chain was built.");
    }

    [Fact]
    public void What_is_kept_ends_with_the_chain_it_rested_on()
    {
        var trust = Trust();
        using var good = _authority.Issue(to: _time.GetUtcNow().AddHours(1));
        var forwarded = new ForwardedCertificate(good.RawData, "");
        Assert.NotNull(trust.Judge(forwarded).Caller);
        _time.Advance(TimeSpan.FromMinutes(59));
        Assert.NotNull(trust.Judge(forwarded).Caller);
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Null(trust.Judge(forwarded).Caller);
    }

    public void Dispose() => _authority.Dispose();

    private CertificateTrust Trust() => new(
        new ServerConfiguration
        {
            ClientCertificates = new() { Mode = ClientCertificateMode.Require, Authorities = [_authority.Certificate.RawData] },
            Tenants = new Dictionary<string, TenantConfiguration>(StringComparer.Ordinal)
            {
                ["t"] = new()
                {
                    Id = "t",
                    Clients = new Dictionary<string, ClientConfiguration>(StringComparer.Ordinal)
                    {
                        ["c"] = new() { Id = "c", Certificates = [new(CertificateTrait.Subject, DistinguishedName.Parse("CN=alice, O=Example")!)] },
                    },
                },
            },
        },
        _time, NullLogger.Instance, Most);
}
