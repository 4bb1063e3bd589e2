namespace ZeptAdmin.Cpus;

/// <summary>The profile that tuned keeps in force.</summary>
/// <param name="ProcessId">Process of tuned.</param>
/// <param name="Names">Profiles in force, in the order in which they are laid over each other; none when tuned was told to set nothing.</param>
/// <param name="Settings">What they set, those of included profiles first; a later one of the same unit and name has taken the place of an earlier.</param>
/// <param name="Missing">Profiles and files named by them that cannot be read.</param>
public sealed record TunedProfile(int ProcessId, string[] Names, TunedSetting[] Settings, string[] Missing);

/// <summary>One setting of a profile of tuned.</summary>
/// <param name="Unit">Section of tuned.conf: <c>cpu</c>, <c>net.capture</c>.</param>
/// <param name="Plugin">Plugin that carries it out: <c>type</c> of the section, else its name.</param>
/// <param name="Name">Name: <c>governor</c>.</param>
/// <param name="Value">Value as written, variables and functions unresolved.</param>
/// <param name="Profile">Profile that says so.</param>
public sealed record TunedSetting(string Unit, string Plugin, string Name, string Value, string Profile);
