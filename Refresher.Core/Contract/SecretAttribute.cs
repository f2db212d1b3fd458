namespace Refresher.Core.Contract;

/// <summary>
/// Marks an option whose value is never shown again: encrypted where it is stored, masked everywhere else, also in what its run logs and
/// answers. Only members of the options record itself count, not those of records within it.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecretAttribute : Attribute;
