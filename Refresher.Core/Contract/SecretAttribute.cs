namespace Refresher.Core.Contract;

/// <summary>Marks an option whose value is never shown again: encrypted where it is stored, masked everywhere else.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecretAttribute : Attribute;
