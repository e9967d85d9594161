using System.Reflection;

namespace OrleansMcp.Tests.Sessions;

/// <summary>All objects that can be reached from one by fields, however private.</summary>
internal static class ObjectGraph
{
    /// <param name="root">Where to begin.</param>
    /// <param name="isBorder">What is found but not looked into.</param>
    public static HashSet<object> From(object root, Predicate<object> isBorder)
    {
        var found = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var open = new Stack<object>([root]);
        while (open.TryPop(out var next))
        {
            if (!next.GetType().IsValueType && (!found.Add(next) || isBorder(next)))
            {
                continue;
            }

            foreach (var value in ValuesOf(next))
            {
                open.Push(value);
            }
        }

        return found;
    }

    private static IEnumerable<object> ValuesOf(object holder)
    {
        if (holder is Array { Rank: 1 } array)
        {
            return array.GetType().GetElementType()!.IsPrimitive ? [] : array.Cast<object?>().OfType<object>().Where(IsLookedAt);
        }

        List<object> values = [];
        for (var type = holder.GetType(); type is not null && type != typeof(object); type = type.BaseType)
        {
            foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                if (!field.FieldType.IsPointer && !field.FieldType.IsByRefLike && field.GetValue(holder) is { } value && IsLookedAt(value))
                {
                    values.Add(value);
                }
            }
        }

        return values;
    }

    private static bool IsLookedAt(object value) =>
        value is not (string or MemberInfo or Assembly or Pointer) && !value.GetType().IsPrimitive && !value.GetType().IsEnum;
}
