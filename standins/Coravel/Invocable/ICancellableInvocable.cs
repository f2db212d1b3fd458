// Stand-in for Coravel
namespace Coravel.Invocable;

/// <summary>An invocable that is told when the host stops.</summary>
public interface ICancellableInvocable
{
    CancellationToken CancellationToken { get; set; }
}
