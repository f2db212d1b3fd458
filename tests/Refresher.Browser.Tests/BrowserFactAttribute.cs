namespace Refresher.Browser.Tests;

/// <summary>A fact that needs Chromium; without one it is skipped, and says what to install.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BrowserFactAttribute : FactAttribute
{
    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    public BrowserFactAttribute()
    {
        if (Chromium is null)
        {
            Skip = "Chromium is not installed (Debian: apt-get install chromium; or set CHROMIUM to its path).";
        }
    }

    public static string? Chromium { get; } = new[] { Environment.GetEnvironmentVariable("CHROMIUM") }.Concat(Places).FirstOrDefault(File.Exists);
}
