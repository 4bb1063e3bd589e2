namespace ZeptAdmin.Drops;

/// <summary>What a fanout group was sent, and what its members got, at one instant: counts since the start of the measurement.</summary>
/// <remarks>
/// The counts of the queues are read before those of the members and after, so that what a member was given lies between, whatever came
/// in the meantime.
/// </remarks>
/// <param name="Time">When (UTC).</param>
/// <param name="Before">Packets by recorded queue mapping, read before the members.</param>
/// <param name="Got">Packets of each member; null where they cannot be counted.</param>
/// <param name="After">Packets by recorded queue mapping, read after the members.</param>
internal sealed record FanoutSighting(DateTime Time, long[] Before, long?[] Got, long[] After);

/// <summary>Everything that was seen of a fanout group while it was measured.</summary>
internal sealed class FanoutSightings
{
    // How near a member's own figures have to be to its place's, and how far from all others.
    private const double Closely = 0.02;
    private const double Roughly = 0.2;

    // A packet that is on its way past both groups at the instant of the look: one on each CPU.
    private readonly int _slack;
    private readonly int _members;
    private readonly List<FanoutSighting> _all = [];
    private WorkerDrops?[] _logged = [];

    /// <summary>Makes an empty one.</summary>
    /// <param name="members">Members of the group.</param>
    /// <param name="cpus">CPUs of the machine.</param>
    public FanoutSightings(int members, int cpus)
    {
        _members = members;
        _slack = 2 * cpus;
    }

    /// <summary>How long it was looked.</summary>
    public TimeSpan Elapsed => _all.Count == 0 ? TimeSpan.Zero : _all[^1].Time - _all[0].Time;

    /// <summary>Adds a look.</summary>
    public void Add(FanoutSighting sighting) => _all.Add(sighting);

    /// <summary>When the first look was (UTC).</summary>
    public DateTime Start => _all.Count == 0 ? DateTime.MaxValue : _all[0].Time;

    /// <summary>When the last look was (UTC).</summary>
    public DateTime End => _all.Count == 0 ? DateTime.MinValue : _all[^1].Time;

    /// <summary>What the members say of themselves; taken into account where all of them do.</summary>
    public void Take(WorkerDrops?[] logged) => _logged = logged.Length == _members && Array.TrueForAll(logged, IsUsable) ? logged : [];

    /// <summary>What a member says of itself; null where that is not taken into account.</summary>
    public WorkerDrops? LoggedOf(int member) => _logged.Length == 0 ? null : _logged[member];

    /// <summary>Packets that came with a recorded queue mapping.</summary>
    public long OfValue(int value) => _all.Count == 0 || value >= _all[^1].After.Length ? 0 : _all[^1].After[value] - _all[0].Before[value];

    /// <summary>Packets that came with any.</summary>
    public long Total => _all.Count == 0 ? 0 : Enumerable.Range(0, _all[^1].After.Length).Sum(OfValue);

    /// <summary>Packets that a member got; null when they could not be counted.</summary>
    public long? OfMember(int member) => _all.Count == 0 ? null : _all[^1].Got[member] - _all[0].Got[member];

    /// <summary>Members that each place may have; empty when no members fit the places.</summary>
    /// <remarks>
    /// That there is an arrangement is asked with little tolerance, that there is no other with much, so that what is close is told to be undecided.
    /// </remarks>
    public int[][] Candidates() =>
        _all.Count == 0 ? [] :
        FanoutMatch.Candidates(_members, (place, member) => Fits(place, member, _slack) && Agrees(place, member, Closely, _slack)) is { Length: > 0 }
            ? FanoutMatch.Candidates(_members, (place, member) => Fits(place, member, Tolerance) && Agrees(place, member, Roughly, Tolerance))
            : [];

    private bool IsUsable(WorkerDrops? logged) =>
        _all.Count > 0 && logged is { Received: not null, From: DateTime from } && from >= _all[0].Time && logged.To > from && logged.To <= _all[^1].Time;

    // What the member says, and what the place was sent in that time.
    private bool Agrees(int place, int member, double share, int slack)
    {
        if (_logged.Length == 0)
        {
            return true;
        }

        WorkerDrops logged = _logged[member]!;
        long sent = Sent(At(logged.To), place) - Sent(At(logged.From!.Value), place);
        return Math.Abs(sent - logged.Received!.Value) <= (share * Math.Max(sent, logged.Received.Value)) + slack;
    }

    private long[] At(DateTime time) => _all.FindLast(sighting => sighting.Time <= time)!.After;

    private int Tolerance => 4 * _slack;

    // Where all members are counted, the sums must add up, so a filter or a full ring shows. Where one is not, any other may be one that packets are
    // kept from: that it got less than a place was sent says nothing then, only that it got more.
    // So where members tell of themselves, with what their rings had no room for.
    private bool IsWhole => _logged.Length == 0 && Array.TrueForAll(_all[^1].Got, got => got is not null);

    private bool Fits(int place, int member, int slack)
    {
        for (int i = 1; i < _all.Count; i++)
        {
            if (!Fits(_all[i - 1], _all[i], place, member, slack) || !Fits(_all[0], _all[i], place, member, slack))
            {
                return false;
            }
        }

        return true;
    }

    private bool Fits(FanoutSighting from, FanoutSighting to, int place, int member, int slack)
    {
        if (to.Got[member] is not long last || from.Got[member] is not long first)
        {
            return true;
        }

        long got = last - first;
        return (!IsWhole || got >= Sent(to.Before, place) - Sent(from.After, place) - slack) && got <= Sent(to.After, place) - Sent(from.Before, place) + slack;
    }

    // fanout_demux_qm of net/packet/af_packet.c: the recorded mapping modulo the members.
    private long Sent(long[] counts, int place)
    {
        long sum = 0;
        for (int value = place; value < counts.Length; value += _members)
        {
            sum += counts[value];
        }

        return sum;
    }
}
