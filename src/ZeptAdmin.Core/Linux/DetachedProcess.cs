using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace ZeptAdmin.Linux;

/// <summary>Programs that are started to stay, or to do one thing; always a list of arguments, never a shell's line.</summary>
internal static partial class DetachedProcess
{
    private const int O_RDONLY = 0;
    private const int O_WRONLY = 1;
    private const int SIGTERM = 15;
    private const short POSIX_SPAWN_SETSIGMASK = 0x08;
    private const short POSIX_SPAWN_SETSID = 0x80;

    // posix_spawnattr_t has 336 bytes in glibc and musl, posix_spawn_file_actions_t 80, sigset_t 128.
    private const int OpaqueLength = 512;

    private static readonly string[] Folders = ["/usr/bin", "/bin", "/usr/sbin", "/sbin"];

    /// <summary>Where a program is; null when it is not installed. The user's PATH is not asked: this runs as root.</summary>
    public static string? Find(string program) => Folders.Select(folder => $"{folder}/{program}").FirstOrDefault(File.Exists);

    /// <summary>Starts a program in a session of its own that outlives this process, with a file as its output.</summary>
    /// <returns>Its process id, or the error number.</returns>
    public static unsafe Answer<int> Start(string program, string[] arguments, string output)
    {
        byte* attributes = stackalloc byte[OpaqueLength];
        byte* actions = stackalloc byte[OpaqueLength];
        byte* noSignals = stackalloc byte[OpaqueLength];
        new Span<byte>(noSignals, OpaqueLength).Clear();
        _ = InitialiseAttributes(attributes);
        _ = InitialiseActions(actions);
        byte*[] words = [.. new byte*[arguments.Length + 2]];
        byte*[] environment = new byte*[1];
        try
        {
            _ = SetFlags(attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK);
            _ = SetMask(attributes, noSignals);
            _ = AddOpen(actions, 0, "/dev/null", O_RDONLY, 0);
            _ = AddOpen(actions, 1, output, O_WRONLY, 0);
            _ = AddOpen(actions, 2, "/dev/null", O_WRONLY, 0);
            words[0] = Copy(program);
            for (int i = 0; i < arguments.Length; i++)
            {
                words[i + 1] = Copy(arguments[i]);
            }

            int id;
            int errno;
            fixed (byte** word = words, variable = environment)
            {
                errno = Spawn(&id, program, actions, attributes, word, variable);
            }

            return errno == 0 ? id : new Refusal((Errno)errno, "start the program", program) { Capability = "root" };
        }
        finally
        {
            foreach (byte* word in words)
            {
                NativeMemory.Free(word);
            }

            _ = DestroyActions(actions);
            _ = DestroyAttributes(attributes);
        }
    }

    /// <summary>Ends a process, and takes its exit code when it is a child of this one, so that no zombie stays.</summary>
    public static Errno End(int id) => End(id, id);

    /// <summary>Ends a process that <see cref="Start"/> started, and all that it started itself: they are one group.</summary>
    public static Errno EndGroup(int id) => End(-id, id);

    private static Errno End(int target, int id)
    {
        Errno errno = Kill(target, SIGTERM) == 0 ? Errno.None : (Errno)Marshal.GetLastPInvokeError();
        if (errno == Errno.None)
        {
            unsafe
            {
                // Another process's child is ECHILD: its own parent takes the code.
                _ = WaitFor(id, null, 0);
            }
        }

        return errno;
    }

    /// <summary>Runs a program to its end.</summary>
    /// <returns>Its exit code and what it said on its error output.</returns>
    public static (int Code, string Said) Run(string program, params string[] arguments)
    {
        (int code, _, string said) = Ask(program, arguments);
        return (code, said);
    }

    /// <summary>Runs a program to its end, for what it makes.</summary>
    /// <returns>Its exit code, what it wrote, and what it said on its error output.</returns>
    public static (int Code, string Output, string Said) Ask(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string said = process.StandardError.ReadToEnd();
        string made = output.GetAwaiter().GetResult();
        process.WaitForExit();
        return (process.ExitCode, made, said.Trim());
    }

    private static unsafe byte* Copy(string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        byte* copy = (byte*)NativeMemory.AllocZeroed((nuint)length + 1);
        _ = Encoding.UTF8.GetBytes(text, new Span<byte>(copy, length));
        return copy;
    }

    [LibraryImport("libc", EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Spawn(int* id, string path, byte* actions, byte* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    private static unsafe partial int InitialiseAttributes(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    private static unsafe partial int DestroyAttributes(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    private static unsafe partial int SetFlags(byte* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    private static unsafe partial int SetMask(byte* attributes, byte* mask);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static unsafe partial int InitialiseActions(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static unsafe partial int DestroyActions(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int AddOpen(byte* actions, int descriptor, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int id, int signal);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    private static unsafe partial int WaitFor(int id, int* status, int options);
}
