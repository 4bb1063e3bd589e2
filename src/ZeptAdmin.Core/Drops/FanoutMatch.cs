namespace ZeptAdmin.Drops;

/// <summary>Which member of a fanout group stands at which place in it, from what each place was sent and what each member got.</summary>
/// <remarks>
/// A place and a member may belong together when all counts of the member lie within what the place was sent. A pair is proven when every way of
/// giving each member a place of its own has it: then no pair can be swapped for another. Cycles of possible pairs are what may be swapped
/// (the strongly connected parts of the graph of alternating paths).
/// </remarks>
internal static class FanoutMatch
{
    /// <summary>Weighs pairs.</summary>
    /// <param name="places">How many places, and members.</param>
    /// <param name="fits">Whether a place and a member may belong together.</param>
    /// <returns>For each place the members that it may have, where all have one; empty when members cannot be given places at all.</returns>
    public static int[][] Candidates(int places, Func<int, int, bool> fits)
    {
        bool[][] may = [.. Enumerable.Range(0, places).Select(place => Enumerable.Range(0, places).Select(member => fits(place, member)).ToArray())];
        int[] memberOf = new int[places];
        int[] placeOf = new int[places];
        Array.Fill(memberOf, -1);
        Array.Fill(placeOf, -1);
        for (int place = 0; place < places; place++)
        {
            if (!Give(place, may, memberOf, placeOf, new bool[places]))
            {
                return [];
            }
        }

        // From a place one may go to the place of a member that it could have instead; a pair is possible when one comes back.
        bool[][] reached = [.. Enumerable.Range(0, places).Select(place => Reach(place, may, placeOf))];
        return
        [
            .. Enumerable.Range(0, places).Select(place => Enumerable.Range(0, places)
                .Where(member => may[place][member] && (memberOf[place] == member || reached[placeOf[member]][place])).ToArray()),
        ];
    }

    // Kuhn's method: the place takes a free member, or one whose place can take another.
    private static bool Give(int place, bool[][] may, int[] memberOf, int[] placeOf, bool[] isTried)
    {
        for (int member = 0; member < may.Length; member++)
        {
            if (may[place][member] && !isTried[member])
            {
                isTried[member] = true;
                if (placeOf[member] < 0 || Give(placeOf[member], may, memberOf, placeOf, isTried))
                {
                    (memberOf[place], placeOf[member]) = (member, place);
                    return true;
                }
            }
        }

        return false;
    }

    private static bool[] Reach(int start, bool[][] may, int[] placeOf)
    {
        bool[] reached = new bool[may.Length];
        Stack<int> left = new([start]);
        reached[start] = true;
        while (left.TryPop(out int place))
        {
            for (int member = 0; member < may.Length; member++)
            {
                if (may[place][member] && !reached[placeOf[member]])
                {
                    reached[placeOf[member]] = true;
                    left.Push(placeOf[member]);
                }
            }
        }

        return reached;
    }
}
