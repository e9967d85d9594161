using ModelContextProtocol.Protocol;
using static ModelContextProtocol.Protocol.ElicitRequestParams;

namespace OrleansMcp.Conformance.Fixtures;

/// <summary>The fields that two scenarios look for in a form.</summary>
internal static class FormFields
{
    /// <summary>SEP-1034: a default for every primitive type.</summary>
    public static Dictionary<string, PrimitiveSchemaDefinition> WithDefaults => new()
    {
        ["name"] = new StringSchema { Description = "User name", Default = "John Doe" },
        ["age"] = new NumberSchema { Type = "integer", Description = "User age", Default = 30 },
        ["score"] = new NumberSchema { Description = "User score", Default = 95.5 },
        ["status"] = new UntitledSingleSelectEnumSchema
        {
            Description = "User status",
            Enum = ["active", "inactive", "pending"],
            Default = "active",
        },
        ["verified"] = new BooleanSchema { Description = "Verification status", Default = true },
    };

    /// <summary>SEP-1330: the five shapes of an enumeration.</summary>
    public static Dictionary<string, PrimitiveSchemaDefinition> Choices => new()
    {
        ["untitledSingle"] = new UntitledSingleSelectEnumSchema
        {
            Description = "Choose an option",
            Enum = ["option1", "option2", "option3"],
        },
        ["titledSingle"] = new TitledSingleSelectEnumSchema
        {
            Description = "Choose a titled option",
            OneOf = Titled("First Option", "Second Option", "Third Option"),
        },
#pragma warning disable MCP9001 // The scenario asks for the deprecated shape too.
        ["legacyEnum"] = new LegacyTitledEnumSchema
        {
            Description = "Choose a legacy option",
            Enum = ["opt1", "opt2", "opt3"],
            EnumNames = ["Option One", "Option Two", "Option Three"],
        },
#pragma warning restore MCP9001
        ["untitledMulti"] = new UntitledMultiSelectEnumSchema
        {
            Description = "Choose several options",
            Items = new UntitledEnumItemsSchema { Enum = ["option1", "option2", "option3"] },
        },
        ["titledMulti"] = new TitledMultiSelectEnumSchema
        {
            Description = "Choose several titled options",
            Items = new TitledEnumItemsSchema { AnyOf = Titled("First Choice", "Second Choice", "Third Choice") },
        },
    };

    private static EnumSchemaOption[] Titled(params string[] titles) =>
        [.. titles.Select((title, index) => new EnumSchemaOption { Const = $"value{index + 1}", Title = title })];
}
