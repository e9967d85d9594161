using OrleansMcp.Http.Responses;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using OrleansMcp.Http.Endpoint;
using OrleansMcp.Signals;

namespace OrleansMcp.Http.Operators;

/// <summary><c>GET /ops/signals</c>: how often each detection signal was raised in this process since it started.</summary>
internal sealed class SignalEndpoint(OperatorAdmission admission, SignalCounts counts)
{
    public Task ReadAsync(HttpContext context) => admission.AdmitAsync(context, HttpMethods.Get, (context, _) => Replies.JsonAsync(
        context, StatusCodes.Status200OK, JsonSerializer.SerializeToUtf8Bytes(new SignalReading(counts.Read()), OperatorJson.Default.SignalReading)));
}
