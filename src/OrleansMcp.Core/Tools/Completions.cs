using System.Reflection;
using System.ComponentModel.DataAnnotations;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace OrleansMcp.Tools;

/// <summary>
/// Answers <c>completion/complete</c>: the host's handler, and after it the values that a prompt or resource template declares for a
/// parameter with <see cref="AllowedValuesAttribute"/>.
/// </summary>
internal sealed class Completions(McpRequestHandler<CompleteRequestParams, CompleteResult>? handler, Catalogue catalogue)
{
    private const int MaxValues = 100; // 2025-11-25, server/utilities/completion: at most 100 values in a result.

    /// <summary>Null when there is no handler, and no parameter declares values.</summary>
    public static Completions? For(McpRequestHandler<CompleteRequestParams, CompleteResult>? handler, Catalogue catalogue) =>
        handler is null && !DeclaresValues(catalogue) ? null : new Completions(handler, catalogue);

    public async ValueTask<CompleteResult> CompleteAsync(
        RequestContext<CompleteRequestParams> request, CancellationToken cancellationToken)
    {
        var result = handler is null ? new CompleteResult() : await handler(request, cancellationToken);
        var declared = Declared(request.Params.Ref, request.Params.Argument.Name)
            .Where(value => value.StartsWith(request.Params.Argument.Value, StringComparison.OrdinalIgnoreCase)).ToList();
        if (declared.Count == 0)
        {
            return result;
        }

        var all = result.Completion.Values.Concat(declared).Distinct(StringComparer.Ordinal).ToList();
        result.Completion = new Completion { Values = [.. all.Take(MaxValues)], Total = all.Count, HasMore = all.Count > MaxValues };
        return result;
    }

    private static bool DeclaresValues(Catalogue catalogue) =>
        catalogue.Prompts.Values.Any(prompt => AllowedValues(prompt.Metadata).Any())
        || catalogue.Resources.Values.Any(resource => AllowedValues(resource.Metadata).Any());

    private IEnumerable<string> Declared(Reference reference, string argument)
    {
        var metadata = reference switch
        {
            PromptReference prompt => catalogue.Prompts.GetValueOrDefault(prompt.Name)?.Metadata,
            ResourceTemplateReference { Uri: { } uri } => catalogue.Resources.GetValueOrDefault(uri)?.Metadata,
            _ => null,
        };
        return metadata is null ? [] : AllowedValues(metadata).Where(pair => pair.Parameter == argument).Select(pair => pair.Value);
    }

    private static IEnumerable<(string Parameter, string Value)> AllowedValues(IReadOnlyList<object> metadata) =>
        from method in metadata.OfType<MethodInfo>()
        from parameter in method.GetParameters()
        from attribute in parameter.GetCustomAttributes<AllowedValuesAttribute>()
        from value in attribute.Values
        where value is string
        select (parameter.Name!, (string)value);
}
