using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using OrleansMcp.Cutoffs;
using OrleansMcp.Http.Endpoint;
using OrleansMcp.Http.Responses;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions;

namespace OrleansMcp.Http.Operators;

/// <summary>Ends and refuses everything of a tenant, a client or a subject.</summary>
internal sealed partial class OperatorEndpoint
{
    private const int LongestName = 1024;

    /// <summary><c>GET</c>, <c>POST</c> and <c>DELETE /ops/tenants/{tenant}/cutoffs</c>.</summary>
    public Task CutoffsAsync(HttpContext context) =>
        HttpMethods.IsPost(context.Request.Method) ? AdmitAsync(context, HttpMethods.Post, CutOffAsync)
        : HttpMethods.IsDelete(context.Request.Method) ? AdmitAsync(context, HttpMethods.Delete, ReadmitAsync)
        : AdmitAsync(context, HttpMethods.IsGet(context.Request.Method) ? HttpMethods.Get : "GET, POST, DELETE", ListCutoffsAsync);

    private async Task ListCutoffsAsync(HttpContext context, OperatorRequest request)
    {
        var marks = await tenants.Get(request.Tenant).ReadCutoffsAsync(known: -1, context.RequestAborted);
        var listed = marks!.Marks.OrderByDescending(mark => mark.At).Select(OperatedCutoff.Of);
        await WriteAsync(context, new OperatedCutoffs([.. listed]), CutoffJson.Default.OperatedCutoffs);
    }

    /// <summary>Not cancelled when the operator disconnects: what was begun is completed and audited.</summary>
    private async Task CutOffAsync(HttpContext context, OperatorRequest request)
    {
        if (BodyReader.TypeProblem(context.Request) is { } problem)
        {
            await Replies.ErrorAsync(context, StatusCodes.Status415UnsupportedMediaType, RpcError.Refused, problem);
            return;
        }

        if (Read((await bodies.ReadAsync(context.Request, held: null, int.MaxValue))!) is not { } asked)
        {
            await BadAsync(context, "The body must be {\"client\": ..., \"subject\": ..., \"refuse\": true or false}, with texts of 1 to 1024 characters; without both it is about the whole tenant.");
            return;
        }

        await ChangeAsync(context, request, new CutoffChange(new(asked.Client, asked.Subject), request.Operator, Ends: true, asked.Refuse));
    }

    private async Task ReadmitAsync(HttpContext context, OperatorRequest request)
    {
        // A misspelt name must not lift the refusal of the whole tenant.
        var query = context.Request.Query;
        if (query.Any(static pair => pair.Key is not ("client" or "subject") || pair.Value is not [{ Length: > 0 }]))
        {
            await BadAsync(context, "The query may have client and subject, once each and not empty; without both it is about the whole tenant.");
            return;
        }

        await ChangeAsync(context, request, new CutoffChange(new(query["client"], query["subject"]), request.Operator, Ends: false, IsRefused: false));
    }

    private async Task ChangeAsync(HttpContext context, OperatorRequest request, CutoffChange change)
    {
        try
        {
            var receipt = await tenants.Get(request.Tenant).CutOffAsync(change, CancellationToken.None);
            await (receipt.Mark is { } mark
                ? WriteAsync(context, new CutoffAnswer(OperatedCutoff.Of(mark), receipt.Ended, receipt.Unreached), CutoffJson.Default.CutoffAnswer)
                : NotFoundAsync(context));
        }
        catch (CutoffLimitException e)
        {
            await Replies.ErrorAsync(context, StatusCodes.Status409Conflict, RpcError.Refused, e.Message);
        }
    }

    private static CutoffAsk? Read(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, CutoffJson.Default.CutoffAsk) is { } asked && IsName(asked.Client) && IsName(asked.Subject) ? asked : null;
        }
        catch (JsonException)
        {
            return null;
        }

        static bool IsName(string? text) => text is null or { Length: > 0 and <= LongestName };
    }
}

/// <summary>What to end, as JSON. What is not named is about all.</summary>
internal sealed record CutoffAsk(string? Client = null, string? Subject = null, bool Refuse = false);

/// <summary>A mark, as JSON.</summary>
internal sealed record OperatedCutoff(string? Client, string? Subject, DateTimeOffset Before, bool Refused, string Operator, DateTimeOffset At)
{
    public static OperatedCutoff Of(Cutoff mark) => new(mark.Scope.Client, mark.Scope.Subject, mark.Before, mark.IsRefused, mark.Operator, mark.At);
}

/// <summary>The marks of a tenant, the newest first.</summary>
internal sealed record OperatedCutoffs(IReadOnlyList<OperatedCutoff> Cutoffs);

/// <summary>A mark that is set, and what has ended for it already.</summary>
internal sealed record CutoffAnswer(OperatedCutoff Cutoff, int Ended, int Unreached);

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false, PropertyNameCaseInsensitive = false)]
[JsonSerializable(typeof(CutoffAsk))]
[JsonSerializable(typeof(OperatedCutoffs))]
[JsonSerializable(typeof(CutoffAnswer))]
internal sealed partial class CutoffJson : JsonSerializerContext;
