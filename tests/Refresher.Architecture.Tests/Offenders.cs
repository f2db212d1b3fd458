namespace Refresher.Architecture.Tests;

/// <summary>What breaks a rule, named in the failure.</summary>
internal static class Offenders
{
    public static void None(IEnumerable<string?> offenders)
    {
        var all = offenders.ToArray();
        Assert.True(all.Length == 0, string.Join(Environment.NewLine, all));
    }
}
