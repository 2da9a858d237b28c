"""The BERT model as an ONNX graph, for who has only its tensors; a run needs none of this.

folder       a model's `config.json` and `model.safetensors` as a graph
tensors      reads safetensors
graph        the graph of a BERT model
nodes        nodes and constants of a graph in the making
eight_bits   products in whole numbers
reference    the same model in plain NumPy, to measure and to test
"""
