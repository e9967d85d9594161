namespace OrleansMcp;

/// <summary>What a permission is about.</summary>
public enum PermissionKind
{
    /// <summary>Calling a tool, by its name: <c>tool:echo</c>.</summary>
    Tool,

    /// <summary>Reading and subscribing to a resource, by its URI: <c>resource:demo://greeting/*</c>.</summary>
    Resource,

    /// <summary>Getting a prompt, by its name: <c>prompt:summarise</c>.</summary>
    Prompt,

    /// <summary>Reading records of a namespace: <c>records:orders:read</c>. Does not follow from writing them.</summary>
    RecordsRead,

    /// <summary>Writing records of a namespace: <c>records:orders:write</c>. Does not include reading them.</summary>
    RecordsWrite,

    /// <summary>Reading the tool log, by the name of the tool: <c>toollog:echo</c>.</summary>
    ToolLog,
}
