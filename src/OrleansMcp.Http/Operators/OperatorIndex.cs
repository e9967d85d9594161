using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using OrleansMcp.Http.Responses;

namespace OrleansMcp.Http.Operators;

/// <summary><c>GET /ops</c>: what is served to operators.</summary>
internal sealed class OperatorIndex(OperatorAdmission admission)
{
    private static readonly byte[] s_index = JsonSerializer.SerializeToUtf8Bytes(
        new OperatorPaths(
        [
            "GET /ops/signals",
            "GET /ops/interference",
            "GET /ops/usage",
            "GET /ops/tenants/{tenant}/usage",
            "GET /ops/tenants/{tenant}/sessions",
            "DELETE /ops/tenants/{tenant}/sessions/{session}",
            "PUT /ops/tenants/{tenant}/sessions/{session}/permissions",
            "GET /ops/tenants/{tenant}/toollog",
            "GET /ops/tenants/{tenant}/cutoffs",
            "POST /ops/tenants/{tenant}/cutoffs",
            "DELETE /ops/tenants/{tenant}/cutoffs",
            "GET /ops/tenants/{tenant}/servers/{server}/tools",
            "POST /ops/tenants/{tenant}/servers/{server}/tools",
            "DELETE /ops/tenants/{tenant}/servers/{server}/tools",
        ]),
        OperatorIndexJson.Default.OperatorPaths);

    public Task ReadAsync(HttpContext context) =>
        admission.AdmitAsync(context, HttpMethods.Get, static (context, _) => Replies.JsonAsync(context, StatusCodes.Status200OK, s_index));
}

/// <summary>Methods and paths, as JSON.</summary>
internal sealed record OperatorPaths(IReadOnlyList<string> Endpoints);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(OperatorPaths))]
internal sealed partial class OperatorIndexJson : JsonSerializerContext;
