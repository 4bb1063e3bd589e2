namespace ZeptAdmin.Linux;

/// <summary>The way to netlink: a request to a family by name, and the messages of its answer.</summary>
/// <remarks>linux/genetlink.h; and, as the family sock_diag, linux/sock_diag.h, whose messages come whole; and, as the family rtnetlink, linux/rtnetlink.h. A live machine asks the kernel; a snapshot looks the request up.</remarks>
public interface INetlinkChannel
{
    /// <summary>Sends one request and gathers the whole answer.</summary>
    /// <param name="family">Name of the generic netlink family: <c>netdev</c>, <c>ethtool</c>, <c>devlink</c>; or <see cref="PacketDiag.Family"/>, <see cref="RtnetlinkXdp.Family"/>.</param>
    /// <param name="command">Command of that family.</param>
    /// <param name="attributes">Attributes of the request, encoded; may be empty. Of sock_diag and rtnetlink, the request itself.</param>
    /// <param name="dump">True for NLM_F_DUMP: all objects rather than one.</param>
    /// <returns>
    /// The attributes of each message (behind its genetlink header), or the refusal; ENOENT where the kernel has no such family.
    /// </returns>
    Answer<byte[][]> Request(string family, byte command, ReadOnlySpan<byte> attributes, bool dump);
}
