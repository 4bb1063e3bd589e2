namespace ZeptAdmin.Tests;

/// <summary>Where things are: the checkout, its built module, and the captured machines beside it.</summary>
internal static class Repository
{
    /// <summary>Top folder of the checkout.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The built module, as users import it.</summary>
    public static string Module => Path.Combine(Root, "out", "ZeptAdmin", "ZeptAdmin.psd1");

    /// <summary>A snapshot of the project's own, in tests/Fixtures.</summary>
    public static string Snapshot(string name) => Path.Combine(Root, "tests", "Fixtures", name);

    /// <summary>A file or folder of the captured machines (../shared/fixtures); skips the test, saying so, where they are not there.</summary>
    public static string Captured(string name)
    {
        string folder = Environment.GetEnvironmentVariable("ZEPTADMIN_FIXTURES") ?? Path.Combine(Root, "..", "shared", "fixtures");
        string path = Path.GetFullPath(Path.Combine(folder, name));
        Assert.SkipUnless(Path.Exists(path), $"the captured machines are not here: {path}");
        return path;
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "ZeptAdmin.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The tests run from a checkout.");
    }
}
