namespace Refresher.Core.Limits;

/// <summary>What a concurrency key or a unique key may be made of: it stands in messages, in addresses and in keys of Redis.</summary>
internal static class ConcurrencyKeys
{
    public const string Pattern = "^[A-Za-z0-9][A-Za-z0-9._:/@-]*$";

    public const string Message = "concurrencyKey: letters, digits and . _ : / @ - only, beginning with a letter or a digit.";
}
