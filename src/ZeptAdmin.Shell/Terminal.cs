using System.Globalization;

namespace ZeptAdmin.Shell;

/// <summary>What the standard streams are connected to.</summary>
internal static class Terminal
{
    private const int WidthOfAPage = 120;

    /// <summary>Somebody can answer questions.</summary>
    public static bool CanAsk { get; } = !Console.IsInputRedirected;

    /// <summary>Results may carry colours.</summary>
    public static bool OutputHasColours { get; } = !Console.IsOutputRedirected && ColoursAreWelcome;

    /// <summary>Errors may carry colours.</summary>
    public static bool ErrorsHaveColours { get; } = !Console.IsErrorRedirected && ColoursAreWelcome;

    /// <summary>A line of the standard error can be overwritten.</summary>
    public static bool ErrorsCanBeOverwritten { get; } = !Console.IsErrorRedirected && !IsDumb;

    /// <summary>Columns of the terminal; where results go elsewhere, those of COLUMNS or 120.</summary>
    public static int Width
    {
        get
        {
            int columns = Console.IsOutputRedirected ? 0 : Console.WindowWidth;
            return columns > 0 ? columns
                : int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), NumberStyles.None, CultureInfo.InvariantCulture, out columns) && columns >= 20 ? columns
                : WidthOfAPage;
        }
    }

    /// <summary>Rows of the terminal; where results go elsewhere, those of a page.</summary>
    public static int Height => !Console.IsOutputRedirected && Console.WindowHeight > 0 ? Console.WindowHeight : 50;

    private static bool IsDumb => Environment.GetEnvironmentVariable("TERM") is null or "" or "dumb";

    /// <summary>As no-color.org asks.</summary>
    private static bool ColoursAreWelcome => !IsDumb && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
}
