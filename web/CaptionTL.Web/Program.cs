using CaptionTL.Service;
using CaptionTL.Web;

var builder = WebApplication.CreateBuilder(args);
builder.AddCaptionTL();
builder.AddWeb();
var app = builder.Build();
app.MapCaptionTL();
app.MapWeb();
await app.RunAsync();
