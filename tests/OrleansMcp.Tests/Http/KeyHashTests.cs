using System.Security.Cryptography;
using System.Text;
using OrleansMcp.Http.Admission.Callers;

namespace OrleansMcp.Tests.Http;

public sealed class KeyHashTests
{
    [Theory]
    [InlineData("demo-alice", 1)]
    [InlineData("k", 256)]
    [InlineData("\u20ac", 256)] // three bytes each in UTF-8
    public void A_key_is_hashed_as_UTF8(string text, int times)
    {
        var key = string.Concat(Enumerable.Repeat(text, times));
        var hash = new byte[KeyHash.Size];
        Assert.True(KeyHash.TryCompute(key, hash));
        Assert.Equal(SHA256.HashData(Encoding.UTF8.GetBytes(key)), hash);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(257)]
    [InlineData(100_000)]
    public void What_is_no_key_is_not_hashed(int length)
    {
        var hash = new byte[KeyHash.Size];
        Assert.False(KeyHash.TryCompute(new string('k', length), hash));
        Assert.Equal(new byte[KeyHash.Size], hash);
    }
}
