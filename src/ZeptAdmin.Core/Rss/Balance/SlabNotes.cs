using ZeptAdmin.Rss.Captures;

namespace ZeptAdmin.Rss.Balance;

/// <summary>How far a piece of a capture has come.</summary>
internal enum SlabState
{
    /// <summary>It may be filled anew.</summary>
    Free,
    /// <summary>It is being read.</summary>
    Loading,
    /// <summary>It waits until the packets before it are found.</summary>
    Loaded,
    /// <summary>Its packets are being found and sorted.</summary>
    Sorting,
    /// <summary>Its packets wait for the parts of the flow table.</summary>
    Sorted,
}

/// <summary>A piece of a capture with what its packets say, sorted by part of the flow table.</summary>
/// <param name="size">Bytes of a piece.</param>
/// <param name="member">The thread that reads pieces into it.</param>
internal sealed class SlabNotes(int size, int member)
{
    /// <summary>The piece.</summary>
    public CaptureSlab Piece { get; } = new(size);

    /// <summary>The thread that reads pieces into it.</summary>
    public int Member => member;

    /// <summary>Number of the piece, from 0.</summary>
    public long Number { get; set; }

    /// <summary>How far it is.</summary>
    public SlabState State { get; set; }

    /// <summary>Parts of the flow table that still have to take theirs.</summary>
    public int PartsLeft { get; set; }

    /// <summary>What is not counted by flow.</summary>
    public CaptureSums Sums { get; } = new();

    /// <summary>Packets by part of the flow table.</summary>
    public NoteList[] Sorted { get; } = [.. Enumerable.Range(0, FlowPart.Number).Select(_ => new NoteList())];

    /// <summary>Forgets what its packets said.</summary>
    public void Clear()
    {
        Sums.Clear();
        foreach (NoteList list in Sorted)
        {
            list.Clear();
        }
    }
}

/// <summary>Packets of one part of the flow table.</summary>
internal sealed class NoteList
{
    private PacketNote[] _packets = new PacketNote[512];
    private int _count;

    /// <summary>The packets, in the order of the capture.</summary>
    public ReadOnlySpan<PacketNote> Packets => _packets.AsSpan(0, _count);

    /// <summary>Empties it.</summary>
    public void Clear() => _count = 0;

    /// <summary>Adds one.</summary>
    public void Add(in PacketNote packet)
    {
        if (_count == _packets.Length)
        {
            Array.Resize(ref _packets, 2 * _count);
        }

        _packets[_count++] = packet;
    }
}
