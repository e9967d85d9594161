using Microsoft.AspNetCore.Http;
using OrleansMcp.Configuration;
using OrleansMcp.Http.Admission.Callers;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Http;

/// <summary>Other credentials are judged by asking others; a key costs what it did before they came.</summary>
public sealed class ApiKeyCostTests
{
    [Theory]
    [InlineData(TestConfiguration.Alice)]
    [InlineData("wrong")]
    public void A_key_is_judged_without_waiting_and_without_an_allocation(string key)
    {
        var authenticator = new ApiKeyAuthenticator(new FixedConfiguration(TestConfiguration.With()));
        var context = new DefaultHttpContext();
        context.Request.Headers.Authorization = "Bearer " + key;
        Judge(); // builds the index

        var before = GC.GetAllocatedBytesForCurrentThread();
        var known = Judge();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(key == TestConfiguration.Alice, known);

        bool Judge()
        {
            var judging = authenticator.AuthenticateAsync(context);
            return judging.IsCompletedSuccessfully ? judging.Result.Caller is not null : throw new InvalidOperationException("It waited.");
        }
    }
}
