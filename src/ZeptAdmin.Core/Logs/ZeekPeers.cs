namespace ZeptAdmin.Logs;

/// <summary>Peers that were met in the files of a log.</summary>
internal sealed class ZeekPeers
{
    /// <summary>Their names.</summary>
    public NamePool Names { get; } = new();

    /// <summary>Whether they are wanted, by their number.</summary>
    public List<bool> IsWanted { get; } = [];
}
