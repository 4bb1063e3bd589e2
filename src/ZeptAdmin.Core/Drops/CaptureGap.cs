namespace ZeptAdmin.Drops;

/// <summary>What a worker of Zeek missed in TCP connections that it saw: one measurement of capture_loss.log.</summary>
/// <param name="Worker">Zeek's peer.</param>
/// <param name="Gaps">Acknowledgements of data that Zeek had not seen (field.md J10).</param>
/// <param name="Acks">Acknowledgements seen.</param>
/// <param name="From">Start (UTC); null when the log does not say.</param>
/// <param name="To">End (UTC).</param>
/// <param name="Source">Log that it comes from.</param>
public sealed record CaptureGap(string Worker, long Gaps, long Acks, DateTime? From, DateTime To, string Source);
