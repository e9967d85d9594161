using ModelContextProtocol.Protocol;

namespace OrleansMcp.Conformance.Fixtures;

/// <summary>Questions to the user.</summary>
internal static class Forms
{
    /// <summary>A question with one field that must be filled in.</summary>
    public static ElicitRequestParams Of(string message, string field, ElicitRequestParams.PrimitiveSchemaDefinition schema)
    {
        var form = Of(message, new Dictionary<string, ElicitRequestParams.PrimitiveSchemaDefinition> { [field] = schema });
        form.RequestedSchema!.Required = [field];
        return form;
    }

    /// <summary>A question with several fields, none of which must be filled in.</summary>
    public static ElicitRequestParams Of(string message, IDictionary<string, ElicitRequestParams.PrimitiveSchemaDefinition> fields) => new()
    {
        Message = message,
        RequestedSchema = new ElicitRequestParams.RequestSchema { Properties = fields },
    };

    /// <summary>What the user answered, in words.</summary>
    public static string Describe(ElicitResult answer)
    {
        var content = answer.Content is null ? "" : string.Join(", ", answer.Content.Select(field => $"{field.Key}={field.Value.GetRawText()}"));
        return $"Elicitation completed: action={answer.Action}, content={{{content}}}";
    }
}
