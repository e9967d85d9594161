using System.Net;

namespace OrleansMcp.Quotas.Egress;

/// <summary>
/// Sends the HTTP requests of the tools of one call. Each request and each redirect is checked by <see cref="EgressRules"/> and charged to
/// the session; it carries what the tool gave it and nothing of the session.
/// </summary>
internal sealed class MeteredHandler(IEgressMeter meter, EgressConnections connections) : HttpMessageHandler
{
    private const int MaxRedirects = 5;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, meter.Ended);
        if (request.Content is { } content and not MeteredContent)
        {
            request.Content = new MeteredContent(content, meter);
        }

        for (var redirects = 0; ; redirects++)
        {
            var response = await SendOnceAsync(request, both.Token);
            if (redirects == MaxRedirects || Next(request, response) is not { } next)
            {
                response.Content = new MeteredContent(response.Content, meter);
                return response;
            }

            response.Dispose();
            request = next;
        }
    }

    private async Task<HttpResponseMessage> SendOnceAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var target = request.RequestUri is { IsAbsoluteUri: true } uri ? uri : throw new EgressDeniedException("a relative address", "it names no host.");
        var rule = EgressRules.Judge(meter.Rules, target);
        await meter.SpendAsync(Quota.EgressCalls, 1, cancellationToken);
        try
        {
            return await connections.SendAsync(request, rule.Private, cancellationToken);
        }
        catch (HttpRequestException e) when (e.InnerException is EgressDeniedException or QuotaExceededException)
        {
            throw e.InnerException;
        }
    }

    /// <summary>
    /// The request that follows the redirect of a GET or HEAD; null when the tool gets the response. Of the headers that the tool has set,
    /// only <c>Accept*</c> go to another origin.
    /// </summary>
    private static HttpRequestMessage? Next(HttpRequestMessage request, HttpResponseMessage response)
    {
        if (response.StatusCode is not (HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
                or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect)
            || (request.Method != HttpMethod.Get && request.Method != HttpMethod.Head)
            || response.Headers.Location is not { } location)
        {
            return null;
        }

        var target = new Uri(request.RequestUri!, location);
        var next = new HttpRequestMessage(request.Method, target) { Version = request.Version, VersionPolicy = request.VersionPolicy };
        var isSame = Uri.Compare(target, request.RequestUri, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) == 0;
        foreach (var (name, values) in request.Headers.NonValidated)
        {
            if (name != "Host" && (isSame || name.StartsWith("Accept", StringComparison.OrdinalIgnoreCase)))
            {
                next.Headers.TryAddWithoutValidation(name, values);
            }
        }

        return next;
    }
}
