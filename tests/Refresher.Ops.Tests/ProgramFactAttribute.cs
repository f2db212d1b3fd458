namespace Refresher.Ops.Tests;

/// <summary>A fact that needs programs of the machine; without one it is skipped, and says which. <c>./refresher test ops</c> installs them.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ProgramFactAttribute : FactAttribute
{
    private static readonly string[] Folders = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), "/usr/sbin"];

    /// <param name="programs">Names as one types them.</param>
    public ProgramFactAttribute(params string[] programs)
    {
        var missing = programs.Where(program => !Folders.Any(folder => File.Exists(Path.Combine(folder, program)))).ToList();
        if (missing.Count > 0)
        {
            Skip = $"Not on this machine: {string.Join(", ", missing)}. ./refresher test ops installs what its tests need.";
        }
    }
}
