using OrleansMcp.Http.Responses;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using OrleansMcp.Http.Endpoint;
using OrleansMcp.Signals.Interference;

namespace OrleansMcp.Http.Operators;

/// <summary>
/// <c>GET /ops/interference</c>: pairs of tenants where the errors of one correlate with the writes of the other, in this process in the
/// last quarter of an hour.
/// </summary>
internal sealed class InterferenceEndpoint(OperatorAdmission admission, InterferenceDetector detector)
{
    private const int Most = 1000;

    public Task ListAsync(HttpContext context) => admission.AdmitAsync(context, HttpMethods.Get, (context, _) => Replies.JsonAsync(
        context, StatusCodes.Status200OK,
        JsonSerializer.SerializeToUtf8Bytes(new Interference([.. detector.Correlations().Take(Most)]), InterferenceJson.Default.Interference)));
}

/// <summary>Pairs of tenants, the strongest correlation first.</summary>
internal sealed record Interference(IReadOnlyList<TenantCorrelation> Pairs);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Interference))]
internal sealed partial class InterferenceJson : JsonSerializerContext;
