namespace OrleansMcp.Drill.Checks.Records;

/// <summary>Finds the shortest cycle of a graph, counted in transactions.</summary>
internal static class Cycles
{
    // A graph with thousands of nodes on cycles has short cycles through almost every node.
    private const int MostStarts = 2_000;

    /// <summary>The transactions of a shortest cycle, each with the edge that leads to the next; null when there is none.</summary>
    public static IReadOnlyList<(int Transaction, Edge Next)>? Shortest(SerialisationGraph graph)
    {
        var core = Core(graph);
        IReadOnlyList<(int Transaction, Edge Next)>? shortest = null;
        foreach (var start in Enumerable.Range(0, graph.Transactions.Count).Where(node => core[node]).Take(MostStarts))
        {
            if (From(graph, core, start, shortest?.Count ?? int.MaxValue) is { } cycle)
            {
                shortest = cycle;
            }
        }

        return shortest;
    }

    /// <summary>Removes nodes without an edge to them or from them until there are none. No node of a cycle is removed.</summary>
    private static bool[] Core(SerialisationGraph graph)
    {
        var left = Enumerable.Repeat(true, graph.Nodes).ToArray();
        var into = new List<int>[graph.Nodes];
        for (var node = 0; node < graph.Nodes; node++)
        {
            into[node] = [];
        }

        for (var node = 0; node < graph.Nodes; node++)
        {
            foreach (var edge in graph.From(node))
            {
                into[edge.To].Add(node);
            }
        }

        Peel(left, [.. into.Select(list => list.Count)], node => graph.From(node).Select(edge => edge.To));
        Peel(left, [.. Enumerable.Range(0, graph.Nodes).Select(node => graph.From(node).Count(edge => left[edge.To]))], node => into[node]);
        return left;
    }

    private static void Peel(bool[] left, int[] degrees, Func<int, IEnumerable<int>> neighbours)
    {
        var bare = new Queue<int>(Enumerable.Range(0, left.Length).Where(node => left[node] && degrees[node] == 0));
        while (bare.TryDequeue(out var node))
        {
            left[node] = false;
            foreach (var next in neighbours(node))
            {
                if (left[next] && --degrees[next] == 0)
                {
                    bare.Enqueue(next);
                }
            }
        }
    }

    /// <summary>Searches breadth first from a node back to it; a step to a node of real time is free.</summary>
    private static List<(int Transaction, Edge Next)>? From(SerialisationGraph graph, bool[] core, int start, int shorterThan)
    {
        var reached = new Dictionary<int, (int Steps, int From, Edge By)>();
        var open = new LinkedList<(int Node, int Steps)>();
        open.AddFirst((start, 0));
        while (open.First is { } first)
        {
            open.RemoveFirst();
            var (node, steps) = first.Value;
            if (steps + 1 >= shorterThan)
            {
                return null;
            }

            foreach (var edge in graph.From(node).Where(edge => core[edge.To]))
            {
                if (edge.To == start)
                {
                    return Walk(graph, reached, start, node, edge);
                }

                var cost = steps + (graph.IsTransaction(edge.To) ? 1 : 0);
                if (reached.TryGetValue(edge.To, out var known) && known.Steps <= cost)
                {
                    continue;
                }

                reached[edge.To] = (cost, node, edge);
                if (cost == steps)
                {
                    open.AddFirst((edge.To, cost));
                }
                else
                {
                    open.AddLast((edge.To, cost));
                }
            }
        }

        return null;
    }

    private static List<(int Transaction, Edge Next)> Walk(
        SerialisationGraph graph, Dictionary<int, (int Steps, int From, Edge By)> reached, int start, int last, Edge closing)
    {
        List<(int, Edge)> cycle = [];
        var (node, edge) = (last, closing);
        while (true)
        {
            if (graph.IsTransaction(node))
            {
                cycle.Add((node, edge));
            }

            if (node == start)
            {
                cycle.Reverse();
                return cycle;
            }

            (_, node, edge) = reached[node];
        }
    }
}
